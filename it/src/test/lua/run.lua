-- Runs the tests of the image's configuration, under the image's own Lua: lua5.4 run.lua folder
-- A test is a function in the table that a file *_test.lua returns. It is given `check`.

package.path = "/usr/lib/prosody/?.lua;" .. package.path
package.cpath = "/usr/lib/prosody/?.so;" .. package.cpath
require "loader"

local lfs = require "lfs"
local folder = arg[1]

local function show(value)
  if type(value) ~= "table" then
    return type(value) == "string" and ("%q"):format(value) or tostring(value)
  end
  local parts = {}
  for key, each in pairs(value) do
    parts[#parts + 1] = tostring(key) .. " = " .. show(each)
  end
  table.sort(parts)
  return "{ " .. table.concat(parts, ", ") .. " }"
end

local check = {}

function check.equal(found, expected)
  if show(found) ~= show(expected) then
    error(("expected %s, found %s"):format(show(expected), show(found)), 2)
  end
end

function check.contains(text, part)
  if not tostring(text):find(part, 1, true) then
    error(("expected %q to contain %q"):format(tostring(text), part), 2)
  end
end

local files = {}
for name in lfs.dir(folder) do
  if name:find("_test%.lua$") then
    files[#files + 1] = name
  end
end
table.sort(files)

local count, failures = 0, 0
for _, file in ipairs(files) do
  local tests = dofile(folder .. "/" .. file)
  local names = {}
  for name in pairs(tests) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local ok, err = xpcall(tests[name], debug.traceback, check)
    count = count + 1
    if not ok then
      failures = failures + 1
      print(("FAILED %s %s: %s"):format(file, name, err))
    end
  end
end
print(("%d tests, %d failures"):format(count, failures))
os.exit(failures == 0 and count > 0)
