-- What the image does inside of the running server: it tells what it thinks of variables and certificates, reads certificates again when
-- they change, makes the first accounts, and keeps administrators' names from strangers. Only with the image's own configuration.

module:set_global()

local lfs = require "lfs"
local usermanager = require "prosody.core.usermanager"
local storagemanager = require "prosody.core.storagemanager"
local jid = require "prosody.util.jid"
local certificates = require "prosody_oci.certificates"
local environment = require "prosody_oci.environment"

local WATCH_SECONDS = 2
local DATABASE = prosody.paths.data .. "/prosody.sqlite"
-- How many accounts are looked at to know how passwords are kept.
local SAMPLE = 20

local settings = module:get_option("container_settings")
if not settings then
  module:log("error", "mod_container is of no use with a configuration other than the image's own")
  return
end

local function report_certificates()
  local report = settings.certificates
  for _, host in ipairs(report.self_signed) do
    module:log("warn", "SELF-SIGNED certificate for %s: clients will warn or refuse. Mount a trusted one below %s", host, report.folder)
  end
  for _, expired in ipairs(report.expired) do
    module:log("error", "The certificate for %s has EXPIRED: %s", expired.host, expired.certificate)
  end
  for _, problem in ipairs(report.problems) do
    module:log("error", "Certificate not used: %s", problem)
  end
  for _, uncovered in ipairs(report.uncovered) do
    module:log("warn", "%s has no certificate of its own, and %s does not name it: other servers may refuse to connect. Order one for that name, too",
      uncovered.component, uncovered.certificate)
  end
end

local function make_account(account)
  local user, host = jid.prepped_split(account.jid)
  if not user or not prosody.hosts[host] then
    module:log("error", "Account not made: %s is not an address of this server (%s)", account.jid, account.variable)
  elseif usermanager.user_exists(user, host) then
    module:log("debug", "Account %s exists", account.jid)
  else
    local ok, err = usermanager.create_user(user, account.password, host)
    if not ok then
      module:log("error", "Account %s not made: %s", account.jid, err)
    end
  end
end

local function make_accounts()
  for _, account in ipairs(settings.accounts) do
    make_account(account)
  end
end

-- Returns the user names of a host that the configuration makes administrators.
local function administrators(host)
  local names = {}
  for address in module:context(host):get_option_inherited_set("admins", {}) do
    local user, domain = jid.prepped_split(address)
    if user and domain == host then
      names[user] = true
    end
  end
  return names
end

-- Where accounts are not Prosody's own, its command does not make them.
local function warn_of_missing_administrators()
  local missing = {}
  for host, session in pairs(prosody.hosts) do
    if session.type == "local" and module:context(host):get_option_string("authentication"):find("^internal_") then
      for user in pairs(administrators(host)) do
        if not usermanager.user_exists(user, host) then
          table.insert(missing, user .. "@" .. host)
        end
      end
    end
  end
  table.sort(missing)
  for _, address in ipairs(missing) do
    module:log("warn", "The administrator %s has no account yet. Make it with: prosodyctl adduser %s", address, address)
  end
end

local function users_of(store)
  if store.users then
    return store:users()
  end
  return function() return nil end
end

local function has_users(store)
  for _ in users_of(store) do
    return true
  end
  return false
end

-- A change of PROSODY_STORAGE moves no data: warns of accounts that are elsewhere.
local function check_accounts_left_behind(host)
  local _, driver = storagemanager.get_driver(host, "accounts")
  local store = storagemanager.open(host, "accounts", "keyval")
  if driver == "internal" and not has_users(store) and lfs.attributes(DATABASE, "mode") then
    module:log("warn", "There are no accounts of %s in files, but there is a database: set PROSODY_STORAGE=sql, or copy it with: prosodyctl"
      .. " mod_container_migrate sql files (see docs/operating.md)", host)
  end
  if driver ~= "sql" then
    return
  end
  local looked_at = 0
  for user in storagemanager.olddm.users(host, "accounts", "keyval") do
    if not store:get(user) then
      module:log("error", "Accounts of %s, such as %s, are in files and not in the database: they cannot log in. Copy them with: prosodyctl"
        .. " mod_container_migrate files sql (see docs/operating.md), or unset PROSODY_STORAGE", host, user)
      return
    end
    looked_at = looked_at + 1
    if looked_at == SAMPLE then
      return
    end
  end
end

-- Warns of accounts that nobody can log in to, since their passwords are kept as hashes of another kind.
local function check_hashes(host)
  local digits = module:context(host):get_option_string("password_hash") == "SHA-256" and 64 or 40
  local store = storagemanager.open(host, "accounts", "keyval")
  local looked_at = 0
  -- Not every storage can list its users.
  for user in users_of(store) do
    local account = store:get(user)
    if account and account.stored_key and #account.stored_key ~= digits then
      module:log("error", "Accounts of %s, such as %s, cannot log in: their passwords are kept as %s. Set PROSODY_PASSWORD_HASH to that, or"
        .. " give new passwords", host, user, digits == 64 and "SHA-1" or "SHA-256")
      return
    end
    looked_at = looked_at + 1
    if looked_at == SAMPLE then
      return
    end
  end
end

-- Prosody goes on without a storage that fails to load, and forgets all; a container ends, so that somebody notices.
local function check_storage(host)
  local _, driver = storagemanager.get_driver(host, "accounts")
  local store = driver ~= "null" and storagemanager.open(host, "accounts", "keyval")
  local ok, data, err = pcall(function() return store:get("nobody") end)
  if store and ok and not err then
    return true
  end
  module:log("error", "The storage of %s could not be loaded: %s", host, store and tostring(err or data) or "see above")
  module:add_timer(0, function()
    prosody.main_thread:run(function() prosody.shutdown("Storage could not be loaded", 1) end)
  end)
  return false
end

local function reload()
  prosody.main_thread:run(function() prosody.reload_config() end)
end

-- Both files of a pair are seldom replaced in the same instant: a pair that does not fit is given another round.
local function watch()
  local seen = certificates.fingerprint(settings)
  local pending
  module:add_timer(WATCH_SECONDS, function()
    local now = certificates.fingerprint(settings)
    if now == seen then
      pending = nil
    elseif now == pending or certificates.all_usable(settings) then
      module:log("info", "Certificates have changed")
      seen, pending = now, nil
      reload()
    else
      pending = now
    end
    return WATCH_SECONDS
  end)
end

for _, name in ipairs(environment.unknown()) do
  module:log("warn", "The variable %s is not known to this image", name)
end
report_certificates()

module:hook("server-started", function()
  for host, session in pairs(prosody.hosts) do
    if session.type == "local" then
      if not check_storage(host) then
        return
      elseif module:context(host):get_option_string("authentication") == "internal_hashed" then
        check_hashes(host)
        check_accounts_left_behind(host)
      end
    end
  end
  make_accounts()
  warn_of_missing_administrators()
  watch()
end)

module:hook("config-reloaded", function()
  settings = module:get_option("container_settings")
  report_certificates()
  make_accounts()
  warn_of_missing_administrators()
end)

-- Whoever registers an administrator's name would be one: such an account is made by an administrator, or by a variable.
function module.add_host(host_module)
  host_module:hook("user-registering", function(event)
    if not administrators(event.host)[event.username] or usermanager.user_exists(event.username, event.host) then
      return nil
    end
    host_module:log("warn", "Refused to register %s@%s, which is an administrator's name, for %s", event.username, event.host,
      event.ip or "an unknown address")
    event.allowed = false
    event.reason = "This name cannot be registered"
    return true
  end, 1000)
end
