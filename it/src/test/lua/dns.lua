-- A name server for tests: knows the addresses that it is given, and nothing else.
-- usage: dns.lua port name=address...

local socket = require "socket"

local names = {}
for i = 2, #arg do
  local name, address = arg[i]:match("^(.-)=(.*)$")
  names[name] = address
end

local function question_of(query)
  local labels, at = {}, 13
  while query:byte(at) ~= 0 do
    local label = string.unpack("s1", query, at)
    labels[#labels + 1] = label:lower()
    at = at + 1 + #label
  end
  return table.concat(labels, "."), string.unpack(">I2", query, at + 1), query:sub(13, at + 4)
end

local A = 1

local function answer_to(query)
  local name, kind, question = question_of(query)
  local address = kind == A and names[name]
  -- Response, recursion desired and available; a name that is not known has no records (RFC 1035, 4.1).
  local header = query:sub(1, 2) .. string.pack(">I2I2I2I2I2", 0x8180, 1, address and 1 or 0, 0, 0)
  if not address then
    return header .. question
  end
  local bytes = address:gsub("(%d+)%.?", function(byte) return string.char(byte) end)
  return header .. question .. string.pack(">I2I2I2I4s2", 0xC00C, A, 1, 60, bytes)
end

local server = assert(socket.udp())
assert(server:setsockname("0.0.0.0", tonumber(arg[1])))
while true do
  local query, host, port = server:receivefrom()
  if query then
    server:sendto(answer_to(query), host, port)
  end
end
