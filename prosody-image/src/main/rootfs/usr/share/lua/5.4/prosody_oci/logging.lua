-- Where and how the server logs: standard output, which belongs to the container engine.

local logging = {}

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

-- Returns a text as a JSON string (RFC 8259, 7). What is not UTF-8 is shown byte by byte.
function logging.json_string(text)
  if not utf8.len(text) then
    text = text:gsub("[\128-\255]", function(byte) return ("\\x%02x"):format(byte:byte()) end)
  end
  return '"' .. text:gsub('[%c"\\\127]', function(char)
    return ESCAPES[char] or ("\\u%04x"):format(char:byte())
  end) .. '"'
end

-- Returns one event as a line of JSON. time: seconds since 1970, as a fraction.
function logging.json_line(time, source, level, message)
  return ('{"time":"%s.%03dZ","level":"%s","source":%s,"message":%s}\n'):format(
    os.date("!%Y-%m-%dT%H:%M:%S", time // 1 | 0), (time % 1 * 1000) // 1 | 0, level,
    logging.json_string(source), logging.json_string(message))
end

local function json_sink()
  local format = require "prosody.util.format".format
  local now = require "prosody.util.time".now
  io.stdout:setvbuf("line")
  return function(source, level, message, ...)
    io.stdout:write(logging.json_line(now(), source, level, format(message, ...)))
  end
end

-- Returns Prosody's option `log`.
function logging.rules(values)
  local levels = { min = values.PROSODY_LOGLEVEL or "info" }
  if values.PROSODY_LOG_FORMAT == "json" then
    -- As Prosody does: a type of sink is there before a rule names it.
    require "prosody.core.loggingmanager".register_sink_type("json", json_sink)
    return { { levels = levels, to = "json" } }
  end
  local timestamps = values.PROSODY_LOG_TIMESTAMPS and "%Y-%m-%dT%H:%M:%S%z" or nil
  return { { levels = levels, to = "console", timestamps = timestamps } }
end

return logging
