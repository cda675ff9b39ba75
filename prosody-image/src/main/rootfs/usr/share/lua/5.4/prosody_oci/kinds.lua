-- Reads the text of a variable. Each kind is { in words, function(text, variable) -> value, or nil and what is wrong }.

local kinds = {}

local ON = { ["1"] = true, ["true"] = true, yes = true, on = true }
local OFF = { ["0"] = true, ["false"] = true, no = true, off = true }

local function trim(text)
  return (text:gsub("^%s+", ""):gsub("%s+$", ""))
end

-- Commas and line ends part the entries; spaces around them and empty entries do not count.
local function split(text, separators)
  local entries = {}
  for entry in text:gmatch("[^" .. (separators or ",\n") .. "]+") do
    entry = trim(entry)
    if entry ~= "" then
      entries[#entries + 1] = entry
    end
  end
  return entries
end

local function is_host(text)
  -- Not the whole of RFC 7622: names beyond ASCII are Prosody's own to check.
  return not text:find("[%s/@:,'\"<>&]") and not text:find("..", 1, true) and not text:find("^[.-]") and #text <= 1023
end

local function is_jid(text)
  local user, host = text:match("^([^@]+)@(.+)$")
  return user ~= nil and not user:find("[%s\"&'/:<>]") and is_host(host)
end

local function each(check, what)
  return function(text)
    local entries = split(text)
    for _, entry in ipairs(entries) do
      if not check(entry) then
        return nil, ("%q is not %s"):format(entry, what)
      end
    end
    return entries
  end
end

local function number(what, low, high, whole)
  return function(text)
    local value = whole and math.tointeger(tonumber(text)) or not whole and tonumber(text)
    if not value or value ~= value or value < low or value > high then
      return nil, ("expected %s, found %q"):format(what, text)
    end
    return value
  end
end

function kinds.is_off(text)
  return OFF[text:lower()] == true
end

kinds.text = { "text", function(text) return text end }

kinds.flag = {
  "`1`, `true`, `yes`, `on`; `0`, `false`, `no`, `off`",
  function(text)
    local word = text:lower()
    if ON[word] then return true end
    if OFF[word] then return false end
    return nil, ("expected one of 1, true, yes, on, 0, false, no, off; found %q"):format(text)
  end,
}

kinds.choice = {
  "one of these words",
  function(text, variable)
    for _, choice in ipairs(variable.choices) do
      if choice:lower() == text:lower() then
        return choice
      end
    end
    return nil, ("expected one of %s; found %q"):format(table.concat(variable.choices, ", "), text)
  end,
}

kinds.list = { "list", split }
kinds.host = {
  "host name",
  function(text)
    if is_host(text) then return text end
    return nil, ("%q is not a host name"):format(text)
  end,
}
kinds.hosts = { "list of host names", each(is_host, "a host name") }
kinds.jids = { "list of addresses", each(is_jid, "an address such as user@example.org") }
kinds.port = { "port", number("a port from 1 to 65535", 1, 65535, true) }
kinds.days = { "days", number("a number of days, at least 1", 1, 36500, true) }
kinds.size = { "number", number("a number above 0", 1e-6, 1e9) }

kinds.interval = {
  "seconds, or `manual`",
  function(text)
    if text == "manual" then return text end
    return number("a number of seconds or manual", 1, 86400)(text)
  end,
}

kinds.rate = {
  "bytes per second, such as `10kb/s`",
  function(text)
    if text:lower():find("^%d+%.?%d*%s*[kmg]?b/s$") then
      return text:lower()
    end
    return nil, ("expected a rate such as 10kb/s, found %q"):format(text)
  end,
}

kinds.url = {
  "URL",
  function(text)
    if text:find("^https?://[^%s/]+") and not text:find("%s") then
      return text
    end
    return nil, ("expected an address that begins with https:// or http://, found %q"):format(text)
  end,
}

-- The value of an entry may be a secret, so no message shows more than its number.
local function pairs_of(name_of, entry_of)
  return function(text)
    local found = {}
    for number_, entry in ipairs(split(text, name_of.separators)) do
      local name, value = entry:match("^([^:]*):(.*)$")
      if not name and name_of.optional_value then
        name = entry
      end
      if not name or not name_of.check(name) or value == "" then
        return nil, ("entry %d is not %s"):format(number_, name_of.what)
      end
      found[#found + 1] = entry_of(name, value)
    end
    return found
  end
end

kinds.components = {
  "list of `name:type`",
  function(text)
    if kinds.is_off(text) then
      return {}
    end
    return pairs_of(
      { check = is_host, what = "name:type, such as conference.example.org:muc" },
      function(name, value) return { name = name, type = value } end)(text)
  end,
}

kinds.external = {
  "list of `name:secret`",
  pairs_of(
    { check = is_host, what = "name:secret, or the name of a host", optional_value = true },
    function(name, value) return { name = name, secret = value } end),
}

kinds.accounts = {
  "lines of `address:password`",
  pairs_of(
    { check = is_jid, what = "address:password, such as alice@example.org:secret", separators = "\n" },
    function(name, value) return { jid = name, password = value } end),
}

kinds.trim = trim
return kinds
