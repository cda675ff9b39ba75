-- Writes a line for each component (XEP-0114) that knows no secret, for fail2ban, as mod_container_logins does for users.

module:set_global()

local function is_refusal(reason)
  return reason == "not-authorized" or type(reason) == "table" and reason.condition == "not-authorized"
end

-- Before mod_component looks at the secret.
local function watch_handshake(event)
  local session = event.origin
  local close, address, host = session.close, session.conn and session.conn:ip(), session.host
  function session.close(self, reason, ...)
    if self.type == "component_unauthed" and is_refusal(reason) then
      module:log("warn", "Failed log-in from %s as %s", address or "unknown", host)
    end
    return close(self, reason, ...)
  end
end

local watched = {}

local function watch(host)
  if not watched[host] then
    watched[host] = true
    module:context(host):hook("stanza/jabber:component:accept:handshake", watch_handshake, 100)
  end
end

module:hook("host-activated", watch)
module:hook("host-deactivated", function(host) watched[host] = nil end)

function module.load()
  for host in pairs(prosody.hosts) do
    watch(host)
  end
end
