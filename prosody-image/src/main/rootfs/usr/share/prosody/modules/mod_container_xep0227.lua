-- Exports accounts to a file that other servers read, and imports those of other servers (XEP-0227: Portable Import/Export Format):
-- prosodyctl mod_container_xep0227 export FILE | import FILE

module:set_global()

local nodeprep = require "prosody.util.encodings".stringprep.nodeprep
local pposix = require "prosody.util.pposix"
local st = require "prosody.util.stanza"
local parse = require "prosody.util.xml".parse
local configmanager = require "prosody.core.configmanager"
local storagemanager = require "prosody.core.storagemanager"
local storages = require "prosody_oci.storages"

local NAMESPACE = "urn:xmpp:pie:0"
local PUBSUB = "http://jabber.org/protocol/pubsub"
-- Attributes of accounts that the format does not know, as mod_storage_xep0227 names them.
local EXTENDED = "http://prosody.im/protocol/extended-xep0227\1"
local SCRAM = { server_key = true, stored_key = true, iteration_count = true, salt = true, password = true }
-- The stores that a file can hold, besides those of each PEP node; accounts come last.
local KEYVAL_STORES = { "vcard", "private", "roster", "pep" }

local function current_storage()
  local name = configmanager.get("*", "storage") == "sql" and "sql" or "files"
  return storages.open(name, module:shared("/*/sql/connections"))
end

-- Returns a driver that keeps one user's data in an XML document.
local function document_driver(host, document)
  local driver = assert(storagemanager.load_driver(host, "xep0227"))
  local options = {
    get_user_xml = function() return document end,
    set_user_xml = function() return true end,
  }
  return { open = function(_, store, kind) return driver:open_xep0227(store, kind, options) end }
end

local function new_document(user, host)
  return st.stanza("server-data", { xmlns = NAMESPACE }):tag("host", { jid = host }):tag("user", { name = user }):reset()
end

local function user_of(document)
  return document.tags[1].tags[1]
end

-- Numbers and flags as text, since attributes are text.
local function portable(account)
  local result = {}
  for name, value in pairs(account) do
    if SCRAM[name] or type(value) == "string" then
      result[name] = value
    elseif type(value) ~= "table" then
      result[name] = tostring(value)
    end
  end
  return result
end

-- Stored tables have no order, but a file has one.
local function sort_children(element)
  local function key(child)
    return (child.attr.jid or child.attr.node or "") .. " " .. child.name .. " " .. (child.attr.xmlns or "") .. " " .. (child:get_text() or "")
  end
  table.sort(element.tags, function(a, b) return key(a) < key(b) end)
  for i, child in ipairs(element.tags) do
    element[i] = child
  end
end

local function sort(user)
  for _, child in ipairs(user.tags) do
    local namespace = child.attr.xmlns
    if namespace == "jabber:iq:roster" or namespace == "jabber:iq:private" or namespace == PUBSUB .. "#owner" then
      for _, each in ipairs(namespace == "jabber:iq:roster" and child.tags or {}) do
        sort_children(each)
      end
      sort_children(child)
    end
  end
end

local function export_user(source, host, user, items, left_out)
  local document = new_document(user, host)
  local target = document_driver(host, document)
  for _, item in ipairs(items) do
    if item.store == "accounts" then
      assert(target:open("accounts"):set(user, portable(assert(source:open("accounts", "keyval"):get(user)))))
    elseif not target:open(item.store, item.type) then
      left_out[item.store] = true
    elseif item.type == "keyval" then
      storages.copy_values(source, target, item)
    else
      storages.copy_archive(source, target, item, host, false)
    end
  end
  sort(user_of(document))
  return tostring(user_of(document))
end

local function export_host(side, host, file, left_out)
  local source = side.driver(host)
  local items_of, accounts = {}, {}
  for _, item in ipairs(storages.contents(side, host)) do
    if item.user then
      items_of[item.user] = items_of[item.user] or {}
      table.insert(items_of[item.user], item)
      accounts[item.user] = accounts[item.user] or item.store == "accounts" or nil
    end
  end
  local users = storages.sorted(accounts)
  assert(file:write("<host jid='", st.xml_escape(host), "'>\n"))
  for _, user in ipairs(users) do
    assert(file:write(export_user(source, host, user, items_of[user], left_out), "\n"))
  end
  assert(file:write("</host>\n"))
  print(("%s: %d accounts"):format(host, #users))
end

local function export(path)
  local side, left_out = current_storage(), {}
  -- Hashes of passwords are for nobody else.
  pposix.umask("077")
  local part = path .. ".part"
  local file, problem = io.open(part, "w")
  if not file then
    error(problem, 0)
  end
  local ok, err = pcall(function()
    assert(file:write('<?xml version="1.0" encoding="UTF-8"?>\n<server-data xmlns="', NAMESPACE, '">\n'))
    for _, host in ipairs(storages.hosts()) do
      if not configmanager.get(host, "component_module") then
        export_host(side, host, file, left_out)
      end
    end
    assert(file:write("</server-data>\n"))
    assert(file:close())
    assert(os.rename(part, path))
  end)
  if not ok then
    os.remove(part)
    error(err, 0)
  end
  if next(left_out) then
    print("Left out, as XEP-0227 has no place for it: " .. table.concat(storages.sorted(left_out), ", "))
  end
end

-- Stanzas are stored without the namespace of the stream that they came from.
local function without_namespace(stanza)
  local copy = st.clone(stanza)
  local function strip(element)
    if element.attr.xmlns == "jabber:client" then
      element.attr.xmlns = nil
    end
    for _, child in ipairs(element.tags) do
      strip(child)
    end
  end
  strip(copy)
  return copy
end

-- Returns what copy_archive() reads from: entries with a time, which items of PEP nodes have not.
local function dated(source)
  return {
    open = function(_, store, kind)
      local archive = assert(source:open(store, kind))
      return {
        find = function(_, user)
          local iterator, err = archive:find(user)
          return iterator and function()
            local key, stanza, when, with = iterator()
            if key == nil and stanza == nil then
              return nil
            end
            return key, store == "archive" and without_namespace(stanza) or stanza, when ~= 0 and when or os.time(), with
          end, iterator == nil and store ~= "archive" and err or nil
        end,
      }
    end,
  }
end

-- Returns the stored form of an account, or nil if it has no password that this server can check.
local function account_of(source, document, name)
  local account = source:open("accounts"):get(name)
  if not account or not account.stored_key and not account.password then
    return nil
  end
  local attributes = user_of(document).attr
  account.created = tonumber(attributes[EXTENDED .. "created"])
  account.updated = tonumber(attributes[EXTENDED .. "updated"])
  account.disabled = attributes[EXTENDED .. "disabled"] == "true" or nil
  return account
end

-- Returns a list of { host, name, document, source, account }.
local function users_in(path)
  local file, err = io.open(path)
  local text = nil
  if file then
    text, err = file:read("a")
    file:close()
  end
  if not text then
    error(err, 0)
  end
  local root, problem = parse(text, { allow_comments = true })
  if not root or root.name ~= "server-data" or root.attr.xmlns ~= NAMESPACE then
    error(("%s is not of XEP-0227: %s"):format(path, problem or "it does not start with server-data"), 0)
  end
  local users = {}
  for host_element in root:childtags("host") do
    local host = host_element.attr.jid
    if not host or not rawget(configmanager.getconfig(), host) then
      error(("%s is not served here: add it to PROSODY_VIRTUAL_HOSTS"):format(tostring(host)), 0)
    end
    for element in host_element:childtags("user") do
      local name = nodeprep(element.attr.name or "")
      if not name or name == "" then
        error(("not a user name: %s"):format(tostring(element.attr.name)), 0)
      end
      local document = st.stanza("server-data", { xmlns = NAMESPACE }):tag("host", { jid = host }):add_child(element):reset()
      users[#users + 1] = { host = host, name = name, document = document }
    end
  end
  return users
end

local function check(side, user)
  local address = user.name .. "@" .. user.host
  local target = side.driver(user.host)
  if target:open("accounts", "keyval"):get(user.name) then
    error(("%s exists already; nothing was imported"):format(address), 0)
  end
  user.source = document_driver(user.host, user.document)
  user.account = account_of(user.source, user.document, user.name)
  if not user.account then
    error(("%s has no password that can be checked here; nothing was imported. If the file has passwords as SCRAM-SHA-1, set"
      .. " PROSODY_PASSWORD_HASH=SHA-1"):format(address), 0)
  end
end

local function import_user(side, user)
  local target, to_files = side.driver(user.host), side.name == "files"
  local stores = { "archive" }
  local pubsub = user_of(user.document):get_child("pubsub", PUBSUB)
  for items in pubsub and pubsub:childtags("items") or function() return nil end do
    stores[#stores + 1] = "pep_" .. items.attr.node
  end
  for _, store in ipairs(stores) do
    storages.copy_archive(dated(user.source), target, { store = store, user = user.name }, user.host, to_files)
  end
  for _, store in ipairs(KEYVAL_STORES) do
    local data = user.source:open(store):get(user.name)
    if data then
      assert(target:open(store, "keyval"):set(user.name, data))
    end
  end
  assert(target:open("accounts", "keyval"):set(user.name, user.account))
end

local function import(path)
  local side = current_storage()
  local users = users_in(path)
  for _, user in ipairs(users) do
    check(side, user)
  end
  for _, user in ipairs(users) do
    import_user(side, user)
  end
  print(("Imported %d accounts"):format(#users))
end

local COMMANDS = { export = export, import = import }

function module.command(arg)
  local command, path = COMMANDS[arg[1]], arg[2]
  if not command or not path then
    print("Usage: prosodyctl mod_container_xep0227 export FILE | import FILE")
    return 2
  end
  if command == import and storages.is_running() then
    print("The server runs on this data. Stop it, and run this command in a container of its own, with the same volume and variables.")
    return 1
  end
  local ok, err = pcall(command, path)
  if not ok then
    print(("Could not %s %s: %s"):format(arg[1], path, tostring(err)))
    return 1
  end
  return 0
end
