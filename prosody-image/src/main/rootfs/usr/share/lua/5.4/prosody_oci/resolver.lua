-- How names of other servers are looked up.

local lfs = require "lfs"

local resolver = {}

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
    hoststxt = present("/etc/hosts"),
  }
end

return resolver
