-- Prosody's own modules as this image patches them, where no client can show the difference.

local pubsub = require "prosody.util.pubsub"

local prosody_test = {}

local CAPABILITIES = {
  owner = { be_subscribed = true, be_unsubscribed = true },
  member = { be_subscribed = true, be_unsubscribed = true },
  outcast = { be_subscribed = false, be_unsubscribed = true },
}

local function service_with_node(nodestore)
  local items = {}
  local service = pubsub.new {
    capabilities = CAPABILITIES,
    nodestore = nodestore,
    normalize_jid = require "prosody.util.jid".bare,
    get_affiliation = function() return "member" end,
    itemstore = function() return items end,
  }
  assert(service:create("news", true))
  return service, items
end

local function subscribers(service)
  local found = {}
  for jid in pairs(service.nodes.news.subscribers) do
    found[#found + 1] = jid
  end
  table.sort(found)
  return found
end

function prosody_test.pubsub_outcast_loses_every_subscription(check)
  local service = service_with_node()
  for _, jid in ipairs { "eve@example.org", "eve@example.org/phone", "eve@example.org/desk", "bob@example.org/phone" } do
    assert(service:add_subscription("news", true, jid))
  end

  check.equal({ service:set_affiliation("news", true, "eve@example.org", "outcast") }, { true })

  check.equal(subscribers(service), { "bob@example.org/phone" })
end

function prosody_test.pubsub_member_keeps_subscription(check)
  local service = service_with_node()
  assert(service:add_subscription("news", true, "eve@example.org"))

  check.equal({ service:set_affiliation("news", true, "eve@example.org", "member") }, { true })

  check.equal(subscribers(service), { "eve@example.org" })
end

function prosody_test.pubsub_node_that_the_store_keeps_is_kept_with_its_items(check)
  local cleared = false
  local store = {
    set = function(_, _, node) return node ~= nil, "disk full" end,
    get = function() end,
    users = function() return function() end end,
  }
  local service, items = service_with_node(store)
  function items.clear() cleared = true end

  check.equal({ service:delete("news", true) }, { false, "disk full" })

  check.equal(service.nodes.news ~= nil, true)
  check.equal(service.data.news == items, true)
  check.equal(cleared, false)
end

local function parsed_path(path)
  local found = "nothing"
  local parser = require "prosody.net.http.parser".new(
    function(request) found = request.path or "refused" end,
    function(err) found = err end, "server")
  parser:feed("GET " .. path .. " HTTP/1.1\r\nHost: example.org\r\n\r\n")
  return found
end

function prosody_test.http_path_above_the_root_is_refused(check)
  for _, path in ipairs { "/..", "/../", "/a/../..", "/%2e%2e", "/a/../../b" } do
    check.equal(parsed_path(path), "refused")
  end
  check.equal(parsed_path("/a/.."), "/a/..")
  check.equal(parsed_path("/a..b/..c"), "/a..b/..c")
end

-- Runs Prosody's network loop until it is left by setquitting, for some seconds at most.
local function run(loop, seconds)
  local left = false
  loop.add_task(seconds, function()
    if not left then
      loop.setquitting(true)
    end
  end)
  loop.setquitting(false)
  loop.loop()
  left = true
end

-- Returns a pair of connections: one of Prosody's network loop, with these listeners, and the socket at its other end.
local function connected(loop, listeners)
  local socket = require "socket"
  local listening = assert(socket.bind("127.0.0.1", 0))
  local address, port = listening:getsockname()
  local peer = assert(socket.connect(address, port))
  local accepted = assert(listening:accept())
  listening:close()
  accepted:settimeout(0)
  local connection = loop.wrapclient(accepted, address, port, listeners)
  connection:onconnect()
  return connection, peer
end

function prosody_test.epoll_write_to_closed_connection_fails_quietly(check)
  local loop = require "prosody.net.server_epoll"
  local connection = connected(loop, {})
  connection:destroy()

  check.equal({ connection:write("too late") }, { nil, "closed" })
  check.equal(connection.writebuffer, nil)
end

function prosody_test.epoll_closed_before_it_drains_is_left_alone(check)
  local loop = require "prosody.net.server_epoll"
  local connection = connected(loop, { onpredrain = function(conn) conn:destroy() end })

  check.equal({ connection:onwritable() }, { nil, "no-conn" })
end

function prosody_test.epoll_silent_after_a_pause_times_out(check)
  local loop = require "prosody.net.server_epoll"
  loop.set_config({ read_timeout = 0.2 })
  local ended
  local connection, peer = connected(loop, {
    onincoming = function() end,
    ondisconnect = function(_, err)
      ended = ended or err
      loop.setquitting(true)
    end,
  })
  connection:setlimit(1000)
  peer:send(("x"):rep(100))

  run(loop, 3)

  check.equal(ended, "read timeout")
  peer:close()
end

return prosody_test
