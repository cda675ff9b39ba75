-- A web page for each invitation: it says which app to install, opens the invitation there, and has a form that creates the account.
-- The token in its address is the permission, as it is for apps (XEP-0401). There is no cookie that another site could abuse (CSRF).

module:set_global()

local cache = require "prosody.util.cache"
local encodings = require "prosody.util.encodings"
local formdecode = require "prosody.util.http".formdecode
local jid = require "prosody.util.jid"
local sha256 = require "prosody.util.hashes".sha256
local throttle = require "prosody.util.throttle"
local modulemanager = require "prosody.core.modulemanager"
local usermanager = require "prosody.core.usermanager"
local addresses = require "prosody_oci.addresses"
local page = require "prosody_oci.invitation_page"

local PATH = "/invite"
-- NIST SP 800-63B, 5.1.1.1.
local SHORTEST_PASSWORD = 8
local LARGEST_FORM = 8 * 1024
-- How many forms an address may send at once, and in how many seconds it may send as many again. Each may cost a password hash.
local FORMS, SECONDS = 10, 60
local REMEMBERED = 10000

local HEADERS = {
  content_type = "text/html; charset=utf-8",
  cache_control = "no-store",
  -- The token stays out of other sites' logs, and the page out of their frames.
  referrer_policy = "no-referrer",
  content_security_policy = ("default-src 'none'; style-src 'sha256-%s'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"):format(
    encodings.base64.encode(sha256(page.STYLE))),
  x_content_type_options = "nosniff",
  x_frame_options = "DENY",
  x_robots_tag = "noindex",
}

local throttles = cache.new(REMEMBERED)

local function answer(code, body, more)
  local headers = {}
  for _, some in ipairs { HEADERS, more or {} } do
    for name, value in pairs(some) do
      headers[name] = value
    end
  end
  return { status_code = code, headers = headers, body = body }
end

local function not_valid()
  return answer(404, page.refusal("This invitation is not valid", "It has been used, has expired, or was withdrawn. Ask for another one."))
end

local function may_send(ip)
  local key = addresses.network(ip)
  local own = throttles:get(key) or throttle.create(FORMS, SECONDS)
  throttles:set(key, own)
  return own:poll(1)
end

-- Whether the host takes invitations, and holds them to what they were made for.
local function invites_of(host)
  return modulemanager.is_loaded(host, "invites_register") and modulemanager.get_module(host, "invites") or nil
end

-- Returns the host, module and stored data of an invitation that creates an account or resets its password, or nil.
local function find(token)
  if #token > 64 or token:find("[^%w_-]") then
    return nil
  end
  for host, session in pairs(prosody.hosts) do
    local invites = session.type == "local" and invites_of(host)
    local info = invites and invites.get_account_invite_info(token)
    if info then
      return host, invites, info
    end
  end
  return nil
end

local function view_of(host, info)
  local view = {
    host = host, uri = info.uri, expires = info.expires, reusable = info.reusable, shortest = ("%d"):format(SHORTEST_PASSWORD),
    is_reset = info.additional_data and info.additional_data.allow_reset and true or false,
  }
  if info.type == "roster" then
    view.inviter = info.jid
  else
    view.username = jid.node(info.jid)
  end
  return view
end

local function show(view, code, problem)
  view.problem = problem
  return answer(code, (view.is_reset and page.reset or page.invitation)(view))
end

-- Returns the name in the form that is stored, or nil; with or without the host.
local function username_of(entered, host)
  local name, its_host = jid.split(entered or "")
  if name and jid.prep(its_host) ~= host then
    return nil
  end
  name = name or its_host
  return name and name ~= "" and encodings.stringprep.nodeprep(name, true) or nil
end

local function password_problem(fields)
  local password = fields.password or ""
  if password ~= fields.again then
    return "The two passwords differ."
  elseif not encodings.utf8.valid(password) or not encodings.stringprep.saslprep(password) then
    return "The password has characters that cannot be used."
  elseif encodings.utf8.length(password) < SHORTEST_PASSWORD then
    return ("The password has fewer than %d characters."):format(SHORTEST_PASSWORD)
  end
  return nil
end

local function reset(host, username, password, registration)
  local ok, err = usermanager.set_password(username, password, host)
  if not ok then
    return nil, err
  end
  module:context(host):fire_event("user-password-reset", registration)
  module:log("info", "Password of %s@%s reset by invitation", username, host)
  return answer(200, page.changed(username .. "@" .. host))
end

local function create(host, username, password, registration)
  local ok, err = usermanager.create_user_with_role(username, password, host, registration.role)
  if ok then
    ok, err = module:context(host):open_store("account_details"):set(username, { registered = os.time() })
    if not ok then
      usermanager.delete_user(username, host)
    end
  end
  if not ok then
    return nil, err
  end
  module:log("info", "User account created: %s@%s", username, host)
  module:context(host):fire_event("user-registered", registration)
  return answer(201, page.created(username .. "@" .. host))
end

-- Asks those who may refuse a registration, as mod_register_ibr does for apps.
local function register(event, token, host, invites, view, fields)
  local ip = event.request.ip
  local username = username_of(fields.username, host)
  if not username then
    return show(view, 400, "This user name cannot be used.")
  end
  local problem = password_problem(fields)
  if problem then
    return show(view, 400, problem)
  end
  local registration = {
    username = username, host = host, password = fields.password, additional = {}, ip = ip, source = module.name,
    session = { ip = ip, log = module._log, validated_invite = invites.get(token) }, role = "prosody:registered", allowed = true,
  }
  module:context(host):fire_event("user-registering", registration)
  if not registration.allowed then
    return show(view, 403, (registration.error and registration.error.text or registration.reason or "The registration was refused") .. ".")
  end
  local change = create
  if usermanager.user_exists(username, host) then
    if registration.allow_reset ~= username then
      return show(view, 409, "This user name is taken.")
    end
    change = reset
  end
  local answered, err = change(host, username, fields.password, registration)
  if not answered then
    module:log("error", "Could not store the account %s@%s: %s", username, host, err)
    return show(view, 500, "The server could not store this. Try again later.")
  end
  return answered
end

local function get(_, token)
  local host, _, info = find(token)
  if not host then
    return not_valid()
  end
  return show(view_of(host, info), 200)
end

local function post(event, token)
  local request = event.request
  if not may_send(request.ip) then
    return answer(429, page.refusal("Too many attempts", "Wait a minute, then try again."), { retry_after = ("%d"):format(SECONDS) })
  end
  local host, invites, info = find(token)
  if not host then
    return not_valid()
  end
  local body = request.body or ""
  local fields = #body <= LARGEST_FORM and formdecode(body)
  if type(fields) ~= "table" then
    return answer(400, page.refusal("This form cannot be read", "Go back, and send it again."))
  end
  local view = view_of(host, info)
  view.entered = encodings.utf8.valid(fields.username or "") and fields.username or nil
  return register(event, token, host, invites, view, fields)
end

-- A token or a password would be read on its way.
local function only_secure(handler)
  return function(event, token)
    if not event.request.secure then
      return answer(403, page.refusal("Open this page over HTTPS", "Passwords do not go over a connection that is not encrypted."))
    end
    return handler(event, token)
  end
end

module:depends("http")
module:provides("http", {
  name = "invite", default_path = PATH, cors = { enabled = false },
  route = { ["GET /*"] = only_secure(get), ["POST /*"] = only_secure(post) },
})

function module.add_host(host_module)
  if not host_module:get_option_boolean("container_invites_page", true) then
    return
  end
  -- Before mod_invites itself, whose option invites_page names a page elsewhere.
  host_module:hook("invite-created", function(invite)
    if not invite.landing_page and invite.allow_registration and not host_module:get_option_string("invites_page") and invites_of(host_module.host) then
      invite.landing_page = host_module:http_url("invite", PATH) .. "/" .. invite.token
    end
  end)
end
