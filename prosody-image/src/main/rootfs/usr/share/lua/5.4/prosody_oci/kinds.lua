-- Reads the texts of variables. Each kind has
--
-- words             what may stand there, for people
-- parse(text, v)    returns the value, or nil and what is wrong, given the variable v
-- off               the value of `0`, `false`, `no` and `off`; without it these mean: as if not set
-- literal           whether those four words are texts as any other

local kinds = {}

local ON = { ["1"] = true, ["true"] = true, yes = true, on = true }
local OFF = { ["0"] = true, ["false"] = true, no = true, off = true }

function kinds.trim(text)
  return (text:gsub("^%s+", ""):gsub("%s+$", ""))
end

-- Returns the value of a text, which is not empty.
function kinds.value(text, variable)
  local kind = kinds[variable.kind]
  if kind.literal then
    return kind.parse(text, variable)
  end
  text = kinds.trim(text)
  if OFF[text:lower()] then
    if type(kind.off) == "table" then
      return {}
    end
    return kind.off
  end
  return kind.parse(text, variable)
end

-- Commas and line ends part the entries; spaces around them and empty entries do not count.
local function split(text, separators)
  local entries = {}
  for entry in text:gmatch("[^" .. (separators or ",\n") .. "]+") do
    entry = kinds.trim(entry)
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

local function list_of(words, check, what)
  return {
    words = words,
    off = {},
    parse = function(text)
      local entries = split(text)
      for _, entry in ipairs(entries) do
        if not check(entry) then
          return nil, ("%q is not %s"):format(entry, what)
        end
      end
      return entries
    end,
  }
end

-- The text of an entry may hold a secret, so no message shows more than its number.
local function entries_of(words, what, check, entry_of, options)
  return {
    words = words,
    off = {},
    parse = function(text)
      local found = {}
      for i, entry in ipairs(split(text, options.separators)) do
        local name, value = entry:match("^([^:]*):(.*)$")
        if not name and options.value_is_optional then
          name = entry
        end
        if not name or not check(name) or value == "" then
          return nil, ("entry %d is not %s"):format(i, what)
        end
        found[i] = entry_of(name, value)
      end
      return found
    end,
  }
end

local function number(words, what, low, high, whole)
  return {
    words = words,
    parse = function(text)
      local value = tonumber(text)
      if whole then
        value = math.tointeger(value)
      end
      if not value or value ~= value or value < low or value > high then
        return nil, ("expected %s, found %q"):format(what, text)
      end
      return value
    end,
  }
end

local function number_or(word, kind)
  return {
    words = kind.words .. ", or `" .. word .. "`",
    parse = function(text)
      if text:lower() == word then
        return word
      end
      local value, problem = kind.parse(text)
      if not value then
        return nil, problem:gsub(", found ", ", or " .. word .. ", found ", 1)
      end
      return value
    end,
  }
end

local function matching(words, what, pattern)
  return {
    words = words,
    parse = function(text)
      if text:find(pattern) then
        return text
      end
      return nil, ("expected %s, found %q"):format(what, text)
    end,
  }
end

kinds.text = { words = "text", literal = true, parse = function(text) return text end }
kinds.path = { words = "path", off = false, parse = function(text) return text end }

kinds.file = {
  words = "path",
  parse = function(text)
    local file, err = io.open(text)
    if not file then
      return nil, "could not read " .. err
    end
    file:close()
    return text
  end,
}

kinds.url = matching("URL", "an address that begins with https:// or http://", "^https?://[^%s/]+[^%s]*$")
kinds.network = matching("network", "a network such as 10.0.0.0/8", "^[%x.:]+/%d+$")
kinds.rate = matching("rate, such as `10kb/s`", "a rate such as 10kb/s", "^%d+ ?[kmgKMG]?[bB]/s$")
-- mod_limits knows no way to have no limit.
kinds.rate.off = "1tb/s"

kinds.flag = {
  words = "on or off",
  off = false,
  parse = function(text)
    if ON[text:lower()] then
      return true
    end
    return nil, ("expected one of 1, true, yes, on, 0, false, no, off; found %q"):format(text)
  end,
}

kinds.choice = {
  words = "one of these",
  parse = function(text, variable)
    for _, choice in ipairs(variable.choices) do
      if choice:lower() == text:lower() then
        return choice
      end
    end
    return nil, ("expected one of %s; found %q"):format(table.concat(variable.choices, ", "), text)
  end,
}

kinds.host = {
  words = "host name",
  parse = function(text)
    if is_host(text) then
      return text
    end
    return nil, ("%q is not a host name"):format(text)
  end,
}

kinds.port = number("port", "a port from 1 to 65535", 1, 65535, true)
kinds.size = number("number", "a number above 0", 1e-6, 1e9)
kinds.count = number("number", "a whole number above 0", 1, 1e9, true)
kinds.quota = number("number, or `off`", "a number above 0", 1e-6, 1e9)
kinds.quota.off = false
kinds.days = number_or("never", number("days", "a number of days", 1, 36500, true))
kinds.interval = number_or("manual", number("seconds", "a number of seconds", 1, 86400))

kinds.list = list_of("list", function() return true end)
kinds.hosts = list_of("list of host names", is_host, "a host name")
kinds.jids = list_of("list of addresses", is_jid, "an address such as user@example.org")

kinds.components = entries_of(
  "list of `name:type`", "name:type, such as conference.example.org:muc", is_host,
  function(name, value) return { name = name, type = value } end, {})

kinds.external = entries_of(
  "list of `name:secret`", "name:secret, or the name of a host", is_host,
  function(name, value) return { name = name, secret = value } end, { value_is_optional = true })

kinds.accounts = entries_of(
  "lines of `address:password`", "address:password, such as alice@example.org:secret", is_jid,
  function(name, value) return { jid = name, password = value } end, { separators = "\n" })

return kinds
