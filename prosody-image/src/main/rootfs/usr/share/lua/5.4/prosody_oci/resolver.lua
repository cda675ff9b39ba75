-- How names of other servers are looked up: by libunbound in an image that has it, and otherwise by Prosody's own resolver (net.dns).

local lfs = require "lfs"

local resolver = {}

local HOSTS = "/etc/hosts"
-- net.dns under the name that Prosody's loader tries first.
local MODULE = "net.dns"

local function present(path)
  return lfs.attributes(path, "mode") == "file" and path or false
end

-- Returns Prosody's option `unbound`. An engine need not give a container the two files, and libunbound insists on what it is told to read.
function resolver.options(values)
  local forward = values.PROSODY_DNS_RESOLVERS
  return {
    -- Only DANE needs proofs. Asked for them, libunbound refuses the names that a network makes up for itself, such as an engine's for its containers.
    trustfile = values.PROSODY_USE_DANE and "/usr/share/dnssec-root/trusted-key.key" or nil,
    forward = forward,
    resolvconf = not forward and present("/etc/resolv.conf"),
    -- Names that the engine adds, as with --add-host.
    hoststxt = present(HOSTS),
  }
end

-- Returns the address of an entry of PROSODY_DNS_RESOLVERS, such as 192.0.2.53 or 192.0.2.53@5353, and its port if there is one.
function resolver.server_of(entry)
  local address, port = entry:match("^(.*)@(%d+)$")
  return address or entry, tonumber(port)
end

local records_mt = {
  __tostring = function(records)
    local lines = {}
    for i, record in ipairs(records) do
      lines[i] = ("%s %s %s"):format(record.name, record.type, record[record.type:lower()])
    end
    return table.concat(lines, "\n")
  end,
}

-- Returns, for each name in a text laid out as hosts(5), its addresses by type of record.
function resolver.names_of(text)
  local names = {}
  for line in text:gmatch("[^\n]+") do
    local address, rest = line:gsub("#.*", ""):match("^%s*(%S+)%s+(.*)$")
    for name in (rest or ""):gmatch("%S+") do
      local records = names[name:lower()] or { A = setmetatable({}, records_mt), AAAA = setmetatable({}, records_mt) }
      names[name:lower()] = records
      local kind = address:find(":", 1, true) and "AAAA" or "A"
      table.insert(records[kind], { name = name, type = kind, class = "IN", ttl = 0, [kind:lower()] = address })
    end
  end
  return names
end

-- Makes net.dns ask the given servers, know the given names, and choose query ids by a random function of (low, high) that nobody can predict.
function resolver.adapt(dns, entries, names, random)
  -- What all resolvers, of which Prosody makes one per lookup, have in common.
  local class = getmetatable(dns.resolver())
  dns.random = random
  -- A question is asked at once; by itself net.dns waits up to a second.
  class.jitter = false

  local peek = class.peek
  function class:peek(name, kind, ...)
    local records = names[(name:lower():gsub("%.$", ""))]
    return records and records[kind or "A"] or peek(self, name, kind, ...)
  end

  if not entries then
    return dns
  end
  local ports = {}
  function class:adddefaultnameservers()
    for _, entry in ipairs(entries) do
      local address, port = resolver.server_of(entry)
      ports[address] = port
      self:addnameserver(address)
    end
  end
  local set_wrapper = class.socket_wrapper_set
  function class:socket_wrapper_set(wrap)
    set_wrapper(self, function(...)
      local handler, err = wrap(...)
      if handler then
        local connect = handler.setpeername
        function handler:setpeername(address, port)
          return connect(self, address, ports[address] or port)
        end
      end
      return handler, err
    end)
  end
  return dns
end

local function random_between(low, high)
  local number = string.unpack("I4", require "prosody.util.random".bytes(4))
  return low + number % (high - low + 1)
end

-- Adapts net.dns at the time when Prosody loads it: not before, as it needs the network loop, which is the configuration's to choose.
function resolver.prepare(values)
  package.preload[MODULE] = function()
    local path = assert(package.searchpath(MODULE, package.path))
    local dns = assert(loadfile(path))(MODULE, path)
    local file = io.open(HOSTS)
    local names = resolver.names_of(file and file:read("a") or "")
    if file then
      file:close()
    end
    return resolver.adapt(dns, values.PROSODY_DNS_RESOLVERS, names, random_between)
  end
end

return resolver
