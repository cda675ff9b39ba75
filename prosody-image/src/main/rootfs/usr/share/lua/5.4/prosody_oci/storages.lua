-- The storages of this container's data, as prosodyctl sees them: what is in files or in the database, and how it is copied.
-- What is stored is found by looking, not from a list: stores of modules that nobody thought of here move, too.

local lfs = require "lfs"
local unix = require "socket.unix"
local st = require "prosody.util.stanza"
local datetime = require "prosody.util.datetime"
local events = require "prosody.util.events"
local datamanager = require "prosody.util.datamanager"
local configmanager = require "prosody.core.configmanager"
local storagemanager = require "prosody.core.storagemanager"

local storages = {}

-- Drivers by the names that users give to storages.
storages.DRIVERS = { files = "internal", sql = "sql" }
local TYPES = { dat = "keyval", list = "archive" }
-- A probe of the health check.
local LEFT_OUT = { container_health = true }
-- They are copied last: if they have arrived, everything has.
local LAST = "accounts"

-- Returns the keys of a table, sorted.
function storages.sorted(set)
  local names = {}
  for name in pairs(set) do
    names[#names + 1] = name
  end
  table.sort(names)
  return names
end

local function entries(folder)
  if lfs.attributes(folder, "mode") ~= "directory" then
    return function() return nil end
  end
  return lfs.dir(folder)
end

-- Calls found(store, user, type) for each file of data of a host; user is nil for the host's own data.
local function each_in_files(host, found)
  local folder = prosody.paths.data .. "/" .. datamanager.path_encode(host)
  local function visit(name, in_store, path)
    local base, suffix = name:match("^(.+)%.(%a+)$")
    local decoded = base and datamanager.path_decode(base)
    if TYPES[suffix] and lfs.attributes(path, "mode") == "file" then
      found(in_store or decoded, in_store and decoded or nil, TYPES[suffix])
    end
  end
  for name in entries(folder) do
    local path = folder .. "/" .. name
    if lfs.attributes(path, "mode") == "directory" and not name:find("^%.") then
      local store = datamanager.path_decode(name)
      for user in entries(path) do
        visit(user, store, path .. "/" .. user)
      end
    else
      visit(name, nil, path)
    end
  end
end

local function each_in_database(engine, host, found)
  local tables = { { name = "prosody", type = "keyval" }, { name = "prosodyarchive", type = "archive" } }
  for _, each in ipairs(tables) do
    local rows = {}
    local ok, err = engine:transaction(function()
      local query = ([[SELECT DISTINCT "store", "user" FROM "%s" WHERE "host"=?]]):format(each.name)
      for row in engine:select(query, host) do
        rows[#rows + 1] = { row[1], row[2] }
      end
    end)
    assert(ok, err)
    for _, row in ipairs(rows) do
      found(row[1], row[2] ~= "" and row[2] or nil, each.type)
    end
  end
end

-- Returns a list of { store, user, type }, in the order in which it is copied.
function storages.contents(side, host)
  local list = {}
  local function found(store, user, type)
    if not LEFT_OUT[store] then
      list[#list + 1] = { store = store, user = user, type = type }
    end
  end
  if side.name == "files" then
    each_in_files(host, found)
  else
    each_in_database(side.engine(), host, found)
  end
  table.sort(list, function(a, b)
    if a.store ~= b.store then
      return b.store == LAST or a.store ~= LAST and a.store < b.store
    elseif a.user ~= b.user then
      return (a.user or "") < (b.user or "")
    end
    return a.type < b.type
  end)
  return list
end

-- Copies an item of contents() between drivers, and returns how many entries it has.
function storages.copy_values(from, to, item)
  local data, err = from:open(item.store, "keyval"):get(item.user)
  assert(not err, err)
  assert(to:open(item.store, "keyval"):set(item.user, data))
  return data and 1 or 0
end

-- An entry as files have it: a stanza with its key, time and partner beside.
local function packed(key, stanza, when, with)
  local entry = st.preserialize(st.clone(stanza))
  entry.key, entry.when, entry.with = key, when, with
  entry.attr.stamp = datetime.datetime(when)
  return entry
end

-- Messages in files expire by lists of who got some on which day, which nobody keeps for a database.
local EXPIRING = { archive = "archive_cleanup", muc_log = "muc_log_cleanup" }

local function list_days(target, item, times)
  local store = target:open(EXPIRING[item.store], "keyval")
  local days = {}
  for _, when in ipairs(times) do
    days[datetime.date(when)] = true
  end
  for _, day in ipairs(storages.sorted(days)) do
    local list, err = store:get(day)
    assert(not err, err)
    list = list or {}
    list[item.user] = true
    assert(store:set(day, list))
  end
end

-- The same for an archive; to_files says that the target is in files.
function storages.copy_archive(from, to, item, host, to_files)
  local iterator, err = from:open(item.store, "archive"):find(item.user, {})
  assert(not err, err)
  if not iterator then
    return 0
  end
  local target = to:open(item.store, "archive")
  local count, all, times = 0, {}, {}
  for key, stanza, when, with in iterator do
    count = count + 1
    if to_files then
      -- At once: appending one with a key to a file reads all before it.
      all[count], times[count] = packed(key, stanza, when, with), when
    else
      assert(target:append(item.user, key, stanza, when, with))
    end
  end
  if to_files then
    assert(datamanager.list_store(item.user, host, item.store, all))
    if EXPIRING[item.store] then
      list_days(to, item, times)
    end
  end
  return count
end

-- Returns whether a server runs on this data.
function storages.is_running()
  local socket = unix.stream()
  return socket:connect(prosody.paths.data .. "/health.sock") == 1
end

local initialized = {}

-- prosodyctl gives all hosts the same events, so that the storage of one would be taken for that of another.
local function initialize(host)
  if not initialized[host] then
    initialized[host] = true
    prosody.hosts[host].events = events.new()
    storagemanager.initialize_host(host)
  end
end

-- Opens a storage by its name; connections is what mod_storage_sql shares, where the database's connection appears once it is needed.
function storages.open(name, connections)
  local side = { name = name, drivers = {} }
  function side.driver(host)
    initialize(host)
    side.drivers[host] = side.drivers[host] or storagemanager.load_driver(host, storages.DRIVERS[name])
    return assert(side.drivers[host], "the storage could not be loaded")
  end
  function side.engine()
    local _, engine = next(connections)
    return assert(engine, "there is no connection to the database")
  end
  return side
end

-- Returns the names of all hosts and components, sorted.
function storages.hosts()
  local names = {}
  for _, host in ipairs(storages.sorted(configmanager.getconfig())) do
    if host ~= "*" then
      names[#names + 1] = host
    end
  end
  return names
end

-- Returns whether a storage, see open(), has accounts of a host.
function storages.has_accounts(side, host)
  side.driver(host)
  for _, item in ipairs(storages.contents(side, host)) do
    if item.store == LAST then
      return true
    end
  end
  return false
end

return storages
