-- Log-ins of strangers: one line per failure, for fail2ban; guesses slowed down by address and by account; and nothing that tells an existing
-- name from an unknown or disabled one, neither the answer nor its time.

local async = require "prosody.util.async"
local cache = require "prosody.util.cache"
local hashes = require "prosody.util.hashes"
local hex = require "prosody.util.hex"
local hashers = require "prosody.util.sasl.scram".hashers
local random = require "prosody.util.random"
local monotonic = require "prosody.util.time".monotonic
local addresses = require "prosody_oci.addresses"

-- Failures that are forgiven, and how many more each minute.
local address_burst = module:get_option_integer("container_login_failures_per_address", 20, 1)
local account_burst = module:get_option_integer("container_login_failures_per_account", 20, 1)
local PER_MINUTE = 6
-- How much is remembered.
local REMEMBERED = 10000
-- Every challenge and every refusal takes this long, in seconds, whatever is behind it.
local CHALLENGE_SECONDS = 0.02
local FAILURE_SECONDS = 0.3

local hash_name = module:get_option_enum("password_hash", "SHA-1", "SHA-256")
local iterations = module:get_option_integer("default_iteration_count", 10000, 4096)

-- Counts failures by key; each is forgotten after a while.
local function counter(burst)
  local counts = cache.new(REMEMBERED)
  local self = {}
  function self.count(key)
    local entry = counts:get(key)
    return entry and math.max(0, entry.count - (monotonic() - entry.at) * PER_MINUTE / 60) or 0
  end
  function self.add(key)
    -- No flood makes the wait longer than for twice the burst.
    counts:set(key, { count = math.min(self.count(key) + 1, 2 * burst), at = monotonic() })
  end
  function self.is_full(key)
    return self.count(key) > burst - 1
  end
  return self
end

local by_address, by_account = counter(address_burst), counter(account_burst)
-- Pairs of account and address that have logged in: the owner is not locked out while others guess.
local friends = cache.new(REMEMBERED)

local function origin(session)
  return addresses.network(session.ip)
end

local function pair_of(session, username)
  return username .. " " .. origin(session)
end

local function is_locked(session, username)
  return by_account.is_full(username) and not friends:get(pair_of(session, username))
end

-- Waits until a log-in has taken some time, so that its time does not show what was done.
local function wait(session, seconds)
  local left = (session.container_login_start or monotonic()) + seconds - monotonic()
  session.container_login_start = nil
  if left <= 0 or not async.ready() then
    return
  end
  local handler, kind = session.sasl_handler, session.base_type
  async.sleep(left)
  if session.destroyed then
    -- mod_saslauth goes on with these.
    session.sasl_handler, session.base_type = handler, kind
  end
end

local store = module:open_store("container_logins")

-- Returns what salts of unknown names are made of; it outlives a restart, as those of accounts do.
local function load_secret()
  local data = store:get()
  if data and data.secret then
    return data.secret
  end
  local secret = hex.encode(random.bytes(32))
  local ok, err = store:set(nil, { secret = secret })
  if not ok then
    module:log("warn", "Salts of unknown names change at the next start: %s", err)
  end
  return secret
end

local secret

-- Returns the salt of an unknown name: like those of accounts, a UUID of version 4 (RFC 9562), but always the same.
local function plausible_salt(username)
  secret = secret or load_secret()
  local digits = hashes.hmac_sha256(secret, username, true)
  local variant = ("89ab"):sub(tonumber(digits:sub(17, 17), 16) % 4 + 1):sub(1, 1)
  return ("%s-%s-4%s-%s%s-%s"):format(digits:sub(1, 8), digits:sub(9, 12), digits:sub(13, 15), variant, digits:sub(18, 20), digits:sub(21, 32))
end

-- Nobody's key: no proof fits it.
local function no_key(name)
  return random.bytes(name:find("256") and 32 or 20)
end

local function guard_plain(session, profile)
  local test = profile.plain_test
  profile.plain_test = function(self, username, password, ...)
    session.container_login_start = monotonic()
    if is_locked(session, username) then
      session.container_login_locked = true
      return false, true
    end
    local correct, enabled = test(self, username, password, ...)
    if not enabled then
      -- The work that an existing account would have cost.
      hashers[hash_name](password, plausible_salt(username), iterations)
    end
    return enabled and correct, true
  end
end

local function guard_scram(session, profile, name)
  local keys_of = profile[name]
  profile[name] = function(self, username, ...)
    session.container_login_start = monotonic()
    local stored_key, server_key, count, salt, enabled = keys_of(self, username, ...)
    session.container_login_locked = is_locked(session, username)
    if not enabled or not stored_key or session.container_login_locked then
      stored_key, server_key = no_key(name), no_key(name)
    end
    salt = salt or plausible_salt(username)
    wait(session, CHALLENGE_SECONDS)
    return stored_key, server_key, count or iterations, salt, true
  end
end

local originals = {}

local function guard(provider)
  local original = provider.get_sasl_handler
  if not original or originals[provider] then
    return
  end
  originals[provider] = original
  function provider.get_sasl_handler(session, ...)
    local handler = original(session, ...)
    if handler and handler.profile and session then
      local profile = {}
      for name, value in pairs(handler.profile) do
        profile[name] = value
      end
      if profile.plain_test then
        guard_plain(session, profile)
      end
      for _, name in ipairs { "scram_sha_1", "scram_sha_256" } do
        if profile[name] then
          guard_scram(session, profile, name)
        end
      end
      handler.profile = profile
    end
    return handler
  end
end

local function unguard(provider)
  provider.get_sasl_handler = originals[provider] or provider.get_sasl_handler
  originals[provider] = nil
end

module:handle_items("auth-provider", function(event) guard(event.item) end, function(event) unguard(event.item) end)

-- fail2ban reads this line: examples/fail2ban.
local function report(session, username, reason)
  module:log("warn", "Failed log-in from %s as %s@%s%s", session.ip or "unknown", username or "?", module.host, reason or "")
end

module:hook("authentication-attempt", function(event)
  local session = event.session or event.origin
  session.container_login_start, session.container_login_locked = monotonic(), nil
  if by_address.is_full(origin(session)) then
    by_address.add(origin(session))
    report(session, nil, " (too many failures from there)")
    wait(session, FAILURE_SECONDS)
    event.allowed = false
    event.error_condition = "temporary-auth-failure"
    event.error_text = "Too many failed log-ins from your address. Try again later."
  end
end)

module:hook("authentication-failure", function(event)
  local session = event.session
  local username = session.sasl_handler and session.sasl_handler.username
  by_address.add(origin(session))
  if username then
    by_account.add(username)
  end
  report(session, username, session.container_login_locked and " (too many failures of this account)" or nil)
  if session.container_login_locked then
    event.condition, event.text = "temporary-auth-failure", "Too many failed log-ins to this account. Try again later."
  elseif event.condition == "not-authorized" or event.condition == "account-disabled" then
    event.condition, event.text = "not-authorized", "Wrong user name or password."
  end
  wait(session, FAILURE_SECONDS)
end)

module:hook("authentication-success", function(event)
  local session = event.session
  if session.username then
    friends:set(pair_of(session, session.username), true)
  end
end)
