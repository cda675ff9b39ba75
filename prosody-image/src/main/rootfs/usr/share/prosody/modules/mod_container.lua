-- What the image does inside of the running server: it says what it thinks of the certificates and makes the first accounts.

module:set_global()

local usermanager = require "prosody.core.usermanager"
local jid = require "prosody.util.jid"

local settings = module:get_option("container_settings")

local function report(certificates)
  for _, host in ipairs(certificates.self_signed) do
    module:log("warn", "SELF-SIGNED certificate for %s: clients will warn or refuse. Mount a certificate for it below /etc/prosody/certs", host)
  end
  for _, expired in ipairs(certificates.expired) do
    module:log("error", "The certificate for %s has EXPIRED: %s", expired.host, expired.certificate)
  end
  for _, problem in ipairs(certificates.problems) do
    module:log("error", "Certificate not used: %s", problem)
  end
end

local function make(account)
  local user, host = jid.prepped_split(account.jid)
  if not user or not prosody.hosts[host] then
    module:log("error", "Account not made: %s is not an address of this server (%s)", account.jid, account.variable)
  elseif usermanager.user_exists(user, host) then
    module:log("debug", "Account %s exists", account.jid)
  else
    local ok, err = usermanager.create_user(user, account.password, host)
    if ok then
      module:log("info", "Account %s made", account.jid)
    else
      module:log("error", "Account %s not made: %s", account.jid, err)
    end
  end
end

if settings then
  report(settings.certificates)
  module:hook("server-started", function()
    for _, account in ipairs(settings.accounts) do
      make(account)
    end
  end)
  module:hook("config-reloaded", function()
    settings = module:get_option("container_settings")
    report(settings.certificates)
  end)
end
