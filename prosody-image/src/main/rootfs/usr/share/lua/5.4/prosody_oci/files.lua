-- Looks for files of configuration.

local lfs = require "lfs"
local glob_to_pattern = require "prosody.util.paths".glob_to_pattern

local files = {}

files.EXTRA = "/etc/prosody/conf.d/*.cfg.lua"
files.HOSTS = "/etc/prosody/hosts.d"

-- Returns the names in a folder that are not hidden, sorted; none if there is no such folder.
local function names_in(folder)
  local names = {}
  if lfs.attributes(folder, "mode") == "directory" then
    for name in lfs.dir(folder) do
      names[#names + 1] = name:match("^[^.].*$")
    end
  end
  table.sort(names)
  return names
end

-- Returns the files that a path with * and ? in its last part stands for, sorted; none if the folder is missing. A path without them stands for
-- itself.
function files.matching(path)
  local folder, glob = path:match("^(.*)/([^/]*)$")
  if not glob or not glob:find("[*?]") then
    return { path }
  end
  local found = {}
  for _, name in ipairs(names_in(folder)) do
    if name:match(glob_to_pattern(glob)) then
      found[#found + 1] = folder .. "/" .. name
    end
  end
  return found
end

-- Returns the files of configuration to read last. A path without folder lies in /etc/prosody; `false` stands for none.
function files.extra(path)
  if path == false then
    return {}
  end
  path = path or files.EXTRA
  return files.matching(path:sub(1, 1) == "/" and path or "/etc/prosody/" .. path)
end

-- Returns the files with the options of one host or component each, by its name.
function files.of_hosts(folder)
  local found = {}
  for _, path in ipairs(files.matching((folder or files.HOSTS) .. "/*.cfg.lua")) do
    found[path:match("([^/]+)%.cfg%.lua$")] = path
  end
  return found
end

-- Adds the hosts that have a file of options, and no other mention.
function files.add_hosts(settings, folder)
  local known = {}
  for _, host in ipairs(settings.hosts) do
    known[host] = true
  end
  for _, list in ipairs { settings.components, settings.external } do
    for _, component in ipairs(list) do
      known[component.name] = true
    end
  end
  local added = {}
  for host in pairs(files.of_hosts(folder)) do
    if not known[host] then
      added[#added + 1] = host
    end
  end
  table.sort(added)
  table.move(added, 1, #added, #settings.hosts + 1, settings.hosts)
end

return files
