-- Says whether the server works: that it answers at all shows that its event loop runs (`/live`). It also looks whether each service listens,
-- whether users can log in to each host, and whether what is stored can be read again (`/health`). Asked by HTTP on a socket in the data folder,
-- and on a port if `container_health_port` is set; there the answer holds no details, which anybody could read.

module:set_global()

local unix = require "socket.unix"
local json = require "prosody.util.json"
local net_server = require "prosody.net.server"
local portmanager = require "prosody.core.portmanager"
local storagemanager = require "prosody.core.storagemanager"
local modulemanager = require "prosody.core.modulemanager"
local now = require "prosody.util.time".monotonic

local port = module:get_option_integer("container_health_port", nil, 1, 65535)
local socket_path = module:get_option_path("container_health_socket", "health.sock", "data")
-- Whoever asks more often gets the last answer about the storage.
local STORAGE_PERIOD = 2
local REQUEST_LIMIT = 4096

-- Returns the ports that a service was told to listen on.
local function wanted_ports(name, service)
  local option = (service.config_prefix or name) .. "_ports"
  return module:get_option_array((option:gsub("^_", "")), service.default_ports or { service.default_port })
end

-- A port counts as open if it is on any interface: not every network has IPv6.
local function check_listeners(problems)
  for name, infos in pairs(portmanager.get_registered_services()) do
    local open = {}
    for interface, by_port in pairs(portmanager.get_active_services():get(name) or {}) do
      for number, list in pairs(by_port) do
        open[number] = open[number] or (interface and #list > 0)
      end
    end
    for _, number in ipairs(infos[1] and wanted_ports(name, infos[1]) or {}) do
      if not open[tonumber(number)] then
        table.insert(problems, ("%s does not listen on port %s"):format(name, number))
      end
    end
  end
end

-- Storages that keep whatever store they are given. Others are only read from: they have a fixed set of stores, or keep nothing.
local KEEPS_ANYTHING = { internal = true, sql = true, memory = true }

-- Returns whether what is written for a host can be expected to be read again: mod_auth_anonymous drops it, in silence.
local function keeps(host, driver)
  local context = module:context(host)
  local drops = context:get_option_string("authentication") == "anonymous" and not context:get_option_boolean("allow_anonymous_storage", false)
  return KEEPS_ANYTHING[driver] and not drops
end

local function check_reading(host)
  local store, err = storagemanager.open(host, "accounts", "keyval")
  if store then
    _, err = store:get("nobody")
  end
  return err
end

-- Returns what is wrong with the storage of a host, or nil.
local function check_store(host)
  local _, driver = storagemanager.get_driver(host, "accounts")
  if driver == "null" then
    return "nothing is stored: the storage could not be loaded"
  end
  _, driver = storagemanager.get_driver(host, "container_health")
  if not keeps(host, driver) then
    return check_reading(host)
  end
  local store, err = storagemanager.open(host, "container_health", "keyval")
  if not store then
    return err
  end
  local stamp = tostring(os.time())
  local ok, data
  ok, err = store:set("probe", { stamp = stamp })
  if not ok then
    return err or "a probe could not be written"
  end
  data, err = store:get("probe")
  if not data or data.stamp ~= stamp then
    return err or "a probe could not be read again"
  end
  return nil
end

local function check_storage(problems)
  for host, session in pairs(prosody.hosts) do
    if session.type == "local" then
      local ok, problem = pcall(check_store, host)
      if not ok or problem then
        table.insert(problems, ("storage of %s: %s"):format(host, tostring(problem)))
      end
    end
  end
end

-- Without its module, a host refuses every log-in.
local function check_authentication(problems)
  for host, session in pairs(prosody.hosts) do
    local name = session.type == "local" and module:context(host):get_option_string("authentication", "internal_hashed")
    if name and name ~= "null" and not modulemanager.is_loaded(host, "auth_" .. name) then
      table.insert(problems, ("nobody can log in to %s: mod_auth_%s could not be loaded"):format(host, name))
    end
  end
end

local storage_problems, storage_checked = {}, nil

local function status()
  local problems = {}
  check_listeners(problems)
  check_authentication(problems)
  if not storage_checked or now() - storage_checked >= STORAGE_PERIOD then
    storage_problems = {}
    check_storage(storage_problems)
    storage_checked = now()
  end
  for _, problem in ipairs(storage_problems) do
    table.insert(problems, problem)
  end
  table.sort(problems)
  return problems
end

local function response(code, reason, body)
  return ("HTTP/1.1 %d %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nCache-Control: no-store\r\n"
    .. "Connection: close\r\n\r\n%s"):format(code, reason, #body, body)
end

local reported

-- Logs what is wrong, once.
local function report(problems)
  local text = table.concat(problems, "; ")
  if text ~= reported then
    module:log(text == "" and "info" or "error", "Health check: %s", text == "" and "all is well" or text)
    reported = text
  end
end

local function answer(request, with_details)
  local method, path = request:match("^(%u+) (/[^%s?]*)%S* HTTP/1%.[01]\r\n")
  if path ~= "/health" and path ~= "/live" then
    return response(404, "Not Found", '{"status":"not found"}\n')
  elseif method ~= "GET" and method ~= "HEAD" then
    return response(405, "Method Not Allowed", '{"status":"not allowed"}\n')
  end
  -- A restart makes no room on a full disk: whether to restart depends on the event loop alone.
  local problems = path == "/health" and status() or {}
  if path == "/health" and (#problems > 0 or reported) then
    report(problems)
  end
  local text
  if #problems == 0 then
    text = response(200, "OK", '{"status":"ok"}\n')
  else
    text = response(503, "Service Unavailable", json.encode({ status = "failing", problems = with_details and problems or nil }) .. "\n")
  end
  return method == "GET" and text or text:match("^.-\r\n\r\n")
end

local function listener_with(with_details)
  local requests = {}
  local listener = { default_mode = "*a" }

  function listener.onincoming(conn, data)
    local request = (requests[conn] or "") .. data
    requests[conn] = request
    if request:find("\r\n\r\n", 1, true) or #request > REQUEST_LIMIT then
      conn:write(answer(request, with_details))
      conn:close()
    end
  end

  function listener.ondisconnect(conn)
    requests[conn] = nil
  end

  return listener
end

local socket, server

function module.load()
  os.remove(socket_path)
  socket = assert(unix.stream())
  socket:settimeout(0)
  local ok, err = socket:bind(socket_path)
  if ok then
    ok, err = socket:listen()
  end
  if not ok then
    module:log("error", "No health check: could not listen on %s: %s", socket_path, err)
    return
  end
  server = net_server.wrapserver(socket, socket_path, 0, listener_with(true))
end

function module.unload()
  if server then
    server:close()
  end
  os.remove(socket_path)
end

module:hook("server-stopping", function()
  os.remove(socket_path)
end)

if port then
  module:provides("net", { name = "container_health", listener = listener_with(false), default_port = port })
end
