-- Looks for files of configuration.

local lfs = require "lfs"

local files = {}

files.EXTRA = "/etc/prosody/conf.d/*.cfg.lua"

local function pattern_of(glob)
  return "^" .. glob:gsub("[%^%$%(%)%%%.%[%]%+%-]", "%%%0"):gsub("%*", ".*"):gsub("%?", ".") .. "$"
end

-- Returns the files that a path with * and ? in its last part stands for, sorted; none if the folder is missing. A path without them stands for
-- itself.
function files.matching(path)
  local folder, glob = path:match("^(.*)/([^/]*)$")
  if not glob or not glob:find("[*?]") then
    return { path }
  end
  local found = {}
  if lfs.attributes(folder, "mode") == "directory" then
    local pattern = pattern_of(glob)
    for name in lfs.dir(folder) do
      if name:sub(1, 1) ~= "." and name:find(pattern) then
        found[#found + 1] = folder .. "/" .. name
      end
    end
  end
  table.sort(found)
  return found
end

-- Returns the files of configuration to read last. A path without folder lies in /etc/prosody.
function files.extra(path)
  path = path or files.EXTRA
  return files.matching(path:sub(1, 1) == "/" and path or "/etc/prosody/" .. path)
end

return files
