local files = require "prosody_oci.files"
local lfs = require "lfs"

local function folder(...)
  local path = os.tmpname()
  os.remove(path)
  lfs.mkdir(path)
  for _, name in ipairs { ... } do
    assert(io.open(path .. "/" .. name, "w")):close()
  end
  return path
end

local tests = {}

function tests.matching_wildcard_isSortedAndWithoutHidden(check)
  local path = folder("b.cfg.lua", "a.cfg.lua", ".c.cfg.lua", "dXcfg.lua", "e.cfg.lua~")
  check.equal(files.matching(path .. "/*.cfg.lua"), { path .. "/a.cfg.lua", path .. "/b.cfg.lua" })
end

function tests.matching_noFolder_isEmpty(check)
  check.equal(files.matching("/nowhere/*.cfg.lua"), {})
end

function tests.extra_pathOrOff_isTaken(check)
  check.equal(files.extra("/a/b.lua"), { "/a/b.lua" })
  check.equal(files.extra("b.lua"), { "/etc/prosody/b.lua" })
  check.equal(files.extra(false), {})
end

function tests.addHosts_fileOfUnknownHost_addsIt(check)
  local path = folder("b.org.cfg.lua", "a.org.cfg.lua", "rooms.org.cfg.lua", "x.org.cfg.lua")
  local settings = { hosts = { "a.org" }, components = { { name = "rooms.org" } }, external = { { name = "x.org" } } }
  files.add_hosts(settings, path)
  check.equal(settings.hosts, { "a.org", "b.org" })
end

return tests
