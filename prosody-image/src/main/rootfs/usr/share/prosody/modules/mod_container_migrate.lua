-- Copies all data between files and the database, in either direction: prosodyctl mod_container_migrate files sql

module:set_global()

local storages = require "prosody_oci.storages"

local function copy_host(host, from, to)
  local source, target = from.driver(host), to.driver(host)
  local entries = 0
  for _, item in ipairs(storages.contents(from, host)) do
    local copy = item.type == "keyval" and storages.copy_values or storages.copy_archive
    entries = entries + copy(source, target, item, host, to.name == "files")
  end
  print(("%s: %d entries"):format(host, entries))
end

local function migrate(from, to)
  local hosts = storages.hosts()
  for _, host in ipairs(hosts) do
    if storages.has_accounts(to, host) then
      error(("there are accounts of %s in %s already; nothing was copied"):format(host, to.name), 0)
    end
  end
  for _, host in ipairs(hosts) do
    copy_host(host, from, to)
  end
  print(("Copied all from %s to %s; the originals are still there."):format(from.name, to.name))
end

local function open(name)
  return storages.open(name, module:shared("/*/sql/connections"))
end

function module.command(arg)
  local from, to = arg[1], arg[2]
  if not storages.DRIVERS[from] or not storages.DRIVERS[to] or from == to then
    print("Usage: prosodyctl mod_container_migrate files sql | sql files")
    return 2
  end
  if storages.is_running() then
    print("The server runs on this data. Stop it, and run this command in a container of its own, with the same volume and variables.")
    return 1
  end
  local ok, err = pcall(migrate, open(from), open(to))
  if not ok then
    print(("Could not copy from %s to %s: %s"):format(from, to, tostring(err)))
    return 1
  end
  return 0
end
