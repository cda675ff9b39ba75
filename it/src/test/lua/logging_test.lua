local logging = require "prosody_oci.logging"
local json = require "prosody.util.json"

local tests = {}

function tests.jsonLine_anyText_isOneLineOfJson(check)
  for _, text in ipairs { "plain", 'quo"te', "back\\slash", "line\nend\r\ttab", "\1\27[31m\127", "ça va 🦀", "bad \xff byte", "" } do
    local line = logging.json_line(1764000000.25, "mod_x", "info", text)
    check.equal(select(2, line:gsub("\n", "")), 1)
    local decoded = assert(json.decode(line))
    check.equal(decoded.time, "2025-11-24T16:00:00.250Z")
    check.equal(decoded.level, "info")
    check.equal(decoded.source, "mod_x")
    check.equal(decoded.message, utf8.len(text) and text or "bad \\xff byte")
  end
end

function tests.rules_levelAndTimestamps_areTaken(check)
  check.equal(logging.rules {}, { { levels = { min = "info" }, to = "console" } })
  local rule = logging.rules { PROSODY_LOGLEVEL = "warn", PROSODY_LOG_TIMESTAMPS = true }[1]
  check.equal(rule.levels, { min = "warn" })
  check.contains(rule.timestamps, "%H:%M:%S")
end

return tests
