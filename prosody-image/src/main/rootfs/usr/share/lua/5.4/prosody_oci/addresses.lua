-- What counts as one address where attempts are limited.

local addresses = {}

-- Returns an IPv4 address as it is, and of an IPv6 address the network of a household (RFC 6177).
function addresses.network(ip)
  local groups = ip and ip:find(":", 1, true) and not ip:find("%.") and { ip:match("^(%x+):(%x+):(%x+):(%x+):") }
  return groups and groups[4] and table.concat(groups, ":") or ip or "unknown"
end

return addresses
