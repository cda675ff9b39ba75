-- Serves uploads under the addresses that they had before (see prosody_oci/uploads.lua), reads them in large pieces, and warns of reverse proxies
-- that are not trusted.

module:set_global()

local certmanager = require "prosody.core.certmanager"
local portmanager = require "prosody.core.portmanager"
local server = require "prosody.net.http.server"
local ip = require "prosody.util.ip"

local aliases = module:get_option("container_http_aliases", {})
local upload_path = module:get_option_string("container_http_upload_path", "/file_share")
local trusted = module:get_option_set("trusted_proxies", { "127.0.0.1", "::1" })
-- Each reading of an upload costs as much as its decryption. Only for those whose right to upload was checked: a piece is kept in memory.
local READ_SIZE = 65536
-- Anybody can send the headers of a proxy.
local WARNINGS = 10

-- A host that is not known would be answered with "not found", before any handler is asked.
for name in pairs(aliases) do
  server.add_host(name)
end

-- Prosody chooses certificates for the names that it serves by itself.
local function show_certificates()
  for _, _, _, _, service in portmanager.get_active_services():iter("https", nil, nil, nil) do
    for name in pairs(service.tls_cfg and aliases or {}) do
      local found = certmanager.find_host_cert(name)
      if found then
        service.server:sslctx():set_sni_host(name, found.certificate, found.key)
      end
    end
  end
end

module:hook("server-started", show_certificates)
-- After Prosody has read the certificates again.
module:hook("config-reloaded", show_certificates, -10)

-- Returns the address and path that a request leads to, or nil if they are its own.
local function moved(request)
  local host = (request.headers.host or ""):gsub(":%d+$", ""):lower()
  local alias = aliases[host]
  if alias and request.path:sub(1, #upload_path + 1) == upload_path .. "/" then
    return alias.host, alias.path .. request.path:sub(#upload_path + 1)
  end
  return nil
end

local warned, warnings = {}, 0

local function is_trusted(address)
  local parsed = ip.new_ip(address)
  for proxy in trusted do
    if proxy == address or parsed and ip.match(parsed, ip.parse_cidr(proxy)) then
      return true
    end
  end
  return false
end

local function check_proxy(request)
  local address = request.ip
  local headers = request.headers
  if warned[address] or warnings == WARNINGS or not (headers.x_forwarded_for or headers.x_forwarded_proto or headers.forwarded) then
    return
  end
  warned[address] = true
  if not is_trusted(address) then
    warnings = warnings + 1
    module:log("warn", "An HTTP request came through a proxy at %s, which is not in PROSODY_TRUSTED_PROXIES: its X-Forwarded headers are ignored."
      .. " BOSH and WebSocket do not log in over a connection that it calls secure, and log-in limits count all its clients as one address", address)
  end
end

local function call(handlers, name, event)
  local request = event.request
  -- Handlers of all hosts are named by method and path, those of one host by method, host and path.
  local method, host = name:match("^(%u+) ([^/]+)/")
  local new_host, new_path = nil, nil
  if host then
    new_host, new_path = moved(request)
  end
  if new_host then
    request.path = new_path
    return handlers(method .. " " .. new_host .. new_path, event)
  end
  return handlers(name, event)
end

-- Added after mod_http's own, and so called before it, while the address is still that of the connection.
module:depends("http")
module:wrap_object_event(server._events, false, function(handlers, name, event)
  local request = event.request
  if not request or not request.headers or not request.path then
    return handlers(name, event)
  end
  if request.ip and not request.container_seen then
    request.container_seen = true
    check_proxy(request)
  end
  local result = call(handlers, name, event)
  if request.body_sink then
    request.conn:set_mode(READ_SIZE)
  end
  return result
end)
