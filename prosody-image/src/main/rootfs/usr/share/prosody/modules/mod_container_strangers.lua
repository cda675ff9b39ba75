-- Bounds what connections cost before they have authenticated ("strangers"): the size and number of elements that they may send, how long they may
-- take, and, when file descriptors run short, their number. A connection over HTTP counts as a stranger whenever no request of it is being answered.

module:set_global()

local lfs = require "lfs"
local portmanager = require "prosody.core.portmanager"
local monotonic = require "prosody.util.time".monotonic

local SERVICES = {
  c2s = "xmpp", c2s_direct_tls = "xmpp", s2s = "xmpp", s2s_direct_tls = "xmpp", component = "xmpp", http = "http", https = "http",
  container_health = "http", proxy65 = "relay",
}

-- From the first packet to the end of authentication, TLS included; looked at once a second.
local seconds = module:get_option_period("container_stranger_seconds", 57)
local max_bytes = module:get_option_integer("container_stranger_bytes", 5000, 1000)
local max_elements = module:get_option_integer("container_stranger_elements", 50, 10)
-- What Prosody allows by default once authenticated.
local member_elements = {
  c2s = module:get_option_integer("c2s_max_child_elements", 25000, 0),
  s2sin = module:get_option_integer("s2s_max_child_elements", 25000, 0),
  component = module:get_option_integer("s2s_max_child_elements", 25000, 0),
}
local component_bytes = module:get_option_integer("component_stanza_size_limit",
  module:get_option_integer("s2s_stanza_size_limit", 1024 * 512, 10000), 10000)

local READ_SIZE = 1024

local session_tables = {
  module:shared("/*/c2s/sessions"), module:shared("/*/s2s/sessions"), module:shared("/*/component/sessions"),
}

local relays, transfers = module:shared("/*/proxy65/sessions"), module:shared("/*/proxy65/transfers")

-- Strangers in the order of their arrival; a gap where one has left.
local queue, first, last = {}, 1, 0
local place = {}

local function forget(conn)
  local index = place[conn]
  if index then
    queue[index], place[conn] = nil, nil
  end
end

local function remember(conn, kind)
  forget(conn)
  last = last + 1
  queue[last], place[conn] = { conn = conn, kind = kind, since = monotonic() }, last
end

local function session_of(conn)
  for _, sessions in ipairs(session_tables) do
    if sessions[conn] then
      return sessions[conn]
    end
  end
  return nil
end

-- A relay (XEP-0065) is known by the user who activated it.
local function is_activated(conn)
  local session = relays[conn]
  local transfer = session and transfers[session.sha]
  return transfer ~= nil and transfer.activated == true
end

local function is_stranger(entry)
  if entry.kind == "relay" then
    return not is_activated(entry.conn)
  elseif entry.kind == "http" then
    return entry.conn._http_open_response == nil
  end
  local session = session_of(entry.conn)
  return session == nil or session.type == nil or session.type:find("_unauthed$") ~= nil
end

-- Returns the stranger that has waited longest. Those that turn out to be none are forgotten, or, over HTTP, put last.
local function oldest()
  local final = last
  while first <= final do
    local entry = queue[first]
    if entry and is_stranger(entry) then
      return entry
    elseif entry and entry.kind == "http" then
      remember(entry.conn, "http")
    elseif entry then
      forget(entry.conn)
    end
    first = first + 1
  end
  return nil
end

-- A polite end would wait for the peer.
local function cut(conn, reason)
  forget(conn)
  conn:on("disconnect", reason)
  conn:destroy()
end

local function descriptors_allowed()
  local file = io.open("/proc/self/limits")
  local text = file and file:read("a") or ""
  if file then
    file:close()
  end
  return math.tointeger(text:match("Max open files%s+(%d+)")) or math.maxinteger
end

local allowed = descriptors_allowed()
-- From here on the oldest stranger makes room for a new one; the rest is for those that log in at that time.
local crowded = allowed - math.min(64, allowed // 4)
-- From here on nobody is let in: files and the health check need some.
local full = allowed - math.min(24, allowed // 8)
local warned

-- Connections that came in and are open, and what else has a descriptor: files, ports, connections to other servers.
local open, open_count, others = {}, 0, 0

local function count_others()
  local count = 0
  for _ in lfs.dir("/proc/self/fd") do
    count = count + 1
  end
  -- Beside the folder's own entries and descriptor.
  others = math.max(0, count - 3 - open_count)
end

local function make_room(conn)
  local used = open_count + others
  if used < crowded then
    return
  end
  if not warned or monotonic() - warned > 60 then
    warned = monotonic()
    module:log("warn", "%d of %d file descriptors are in use: connections that wait are closed. Allow more (--ulimit nofile=)", used, allowed)
  end
  local entry = oldest()
  if entry and entry.conn ~= conn then
    cut(entry.conn, "too many connections")
  elseif used >= full then
    -- Not at once: the caller still uses it.
    module:add_timer(0, function() cut(conn, "too many connections") end)
  end
end

local function is_incoming(conn)
  return conn:server() ~= conn
end

local function arrived(conn, kind)
  if is_incoming(conn) and not place[conn] then
    if not open[conn] then
      open[conn], open_count = true, open_count + 1
    end
    remember(conn, kind)
    make_room(conn)
  end
end

local function limit(conn)
  local session = session_of(conn)
  if session and session.stream and is_incoming(conn) then
    session.stream:set_stanza_size_limit(session.stanza_size_limit or max_bytes, max_elements)
    -- What arrives is parsed before its size is checked, and expat's buffer grows to twice a piece.
    session.container_read_size = conn.read_size
    conn:set_mode(READ_SIZE)
  end
end

local originals = {}

local function wrap(name, service)
  local kind, listener = SERVICES[name], service.listener
  if not kind or originals[listener] then
    return
  end
  local original = {
    onstarttls = listener.onstarttls, onconnect = listener.onconnect, ondisconnect = listener.ondisconnect, ondetach = listener.ondetach,
    ondrain = listener.ondrain,
  }
  originals[listener] = original
  local function call(event, ...)
    if original[event] then
      return original[event](...)
    end
  end
  -- With direct TLS a connection counts from here on, which is before its handshake.
  function listener.onstarttls(conn, ...)
    arrived(conn, kind)
    return call("onstarttls", conn, ...)
  end
  function listener.onconnect(conn, ...)
    arrived(conn, kind)
    call("onconnect", conn, ...)
    if kind == "xmpp" then
      limit(conn)
    end
  end
  function listener.ondisconnect(conn, ...)
    forget(conn)
    if open[conn] then
      open[conn], open_count = nil, open_count - 1
    end
    return call("ondisconnect", conn, ...)
  end
  function listener.ondetach(conn, ...)
    forget(conn)
    return call("ondetach", conn, ...)
  end
  if kind == "http" then
    -- The next request has its own time.
    function listener.ondrain(conn, ...)
      if place[conn] then
        remember(conn, kind)
      end
      return call("ondrain", conn, ...)
    end
  end
end

local function unwrap()
  for listener, original in pairs(originals) do
    for _, event in ipairs { "onstarttls", "onconnect", "ondisconnect", "ondetach", "ondrain" } do
      listener[event] = original[event]
    end
  end
  originals = {}
end

local function sweep()
  local entry = oldest()
  while entry and monotonic() - entry.since >= seconds do
    cut(entry.conn, "not authenticated in time")
    entry = oldest()
  end
  return 1
end

module:hook("service-added", function(event)
  wrap(event.name, event.service)
end)

-- A session of BOSH outlives its connections.
module:hook("bosh-session", function(event)
  local session = event.session
  module:add_timer(seconds, function()
    if session.type == "c2s_unauthed" then
      session:close("connection-timeout")
    end
  end)
end)

local function admit(event)
  local session = event.session
  local elements = member_elements[session.type:match("^[^_]+")]
  if session.stream and elements then
    session.stream:set_stanza_size_limit(session.stanza_size_limit or component_bytes, elements)
    if session.conn and session.container_read_size then
      session.conn:set_mode(session.container_read_size)
    end
  end
end

-- Modules of a server are not loaded for components, so that hosts are watched from here.
local watched = {}

local function watch(host)
  if not watched[host] then
    watched[host] = true
    local context = module:context(host)
    -- Prosody's own handlers, which set the size, come first.
    context:hook("authentication-success", admit, -100)
    context:hook("s2sin-established", admit, -100)
    context:hook("component-authenticated", admit, -100)
  end
end

module:hook("host-activated", watch)
module:hook("host-deactivated", function(host) watched[host] = nil end)

function module.load()
  for name, services in pairs(portmanager.get_registered_services()) do
    for _, service in ipairs(services) do
      wrap(name, service)
    end
  end
  for host in pairs(prosody.hosts) do
    watch(host)
  end
  module:add_timer(1, sweep)
  module:add_timer(0, function()
    count_others()
    return 10
  end)
end

module.unload = unwrap
