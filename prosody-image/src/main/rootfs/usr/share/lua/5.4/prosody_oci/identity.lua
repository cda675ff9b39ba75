-- Says as whom this process runs, for messages about files that it cannot use.

local identity = {}

-- Returns a text such as "user 100, group 101".
function identity.text()
  local ids = {}
  for line in io.lines("/proc/self/status") do
    local name, id = line:match("^([UG]id):%s+(%d+)")
    if name then
      ids[name] = id
    end
  end
  return ("user %s, group %s"):format(ids.Uid, ids.Gid)
end

return identity
