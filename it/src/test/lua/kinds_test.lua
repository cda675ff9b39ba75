local kinds = require "prosody_oci.kinds"

local function value(kind, text, choices)
  return kinds.value(text, { kind = kind, choices = choices })
end

local tests = {}

function tests.flag_anyWordForOff_isFalse(check)
  for _, text in ipairs { "0", "false", "no", "off", "FALSE", " Off " } do
    check.equal(value("flag", text), false)
  end
end

function tests.flag_anyWordForOn_isTrue(check)
  for _, text in ipairs { "1", "true", "yes", "on", "On" } do
    check.equal(value("flag", text), true)
  end
end

function tests.flag_anotherWord_isRefused(check)
  local found, problem = value("flag", "maybe")
  check.equal(found, nil)
  check.contains(problem, '"maybe"')
end

function tests.list_spacesAndEmptyEntries_doNotCount(check)
  check.equal(value("list", " a , b,,\nc ,"), { "a", "b", "c" })
  check.equal(value("jids", "a@example.org, b@example.org"), { "a@example.org", "b@example.org" })
end

function tests.list_off_isEmpty(check)
  check.equal(value("list", "off"), {})
  check.equal(value("components", "none@"), nil)
  check.equal(value("components", "no"), {})
end

function tests.list_off_isANewTableEachTime(check)
  value("list", "off")[1] = "x"
  check.equal(value("list", "off"), {})
end

function tests.jids_noAddress_isRefused(check)
  for _, text in ipairs { "alice", "@example.org", "a@", "a b@example.org", "a@b@c", "a@example.org/phone" } do
    check.equal(value("jids", text), nil)
  end
end

function tests.hosts_noHostName_isRefused(check)
  for _, text in ipairs { "a b", "a/b", "user@host", "a..b", ".a", "-a", "a:5222" } do
    check.equal(value("hosts", text), nil)
  end
  check.equal(value("hosts", "bücher.example,localhost"), { "bücher.example", "localhost" })
end

function tests.number_outOfRangeOrNone_isRefused(check)
  for _, text in ipairs { "-1", "65536", "1.5", "x", "1e9", "nan", "inf" } do
    local found, problem = value("port", text)
    check.equal(found, nil)
    check.contains(problem, "a port from 1 to 65535")
  end
  check.equal(value("port", "5222"), 5222)
  check.equal(value("size", "0.5"), 0.5)
  check.equal(value("count", "3"), 3)
  check.equal(value("count", "2.5"), nil)
  check.equal(value("days", "30"), 30)
  check.equal(value("days", "never"), "never")
  check.equal(value("interval", "manual"), "manual")
end

function tests.number_off_isAsIfNotSet(check)
  local found, problem = value("days", "0")
  check.equal(found, nil)
  check.equal(problem, nil)
end

function tests.rate_off_isNoLimitInWordsOfModLimits(check)
  check.equal(value("rate", "off"), "1tb/s")
  check.equal(value("rate", "10kb/s"), "10kb/s")
  check.equal(value("rate", "10.5kb/s"), nil)
  check.equal(value("rate", "fast"), nil)
end

function tests.quota_off_isNoLimit(check)
  check.equal(value("quota", "off"), false)
  check.equal(value("quota", "2.5"), 2.5)
  check.equal(value("quota", "-1"), nil)
end

function tests.choice_otherCase_isTheChoice(check)
  check.equal(value("choice", "sqlite3", { "SQLite3" }), "SQLite3")
  local found, problem = value("choice", "chatty", { "debug", "info" })
  check.equal(found, nil)
  check.equal(problem, 'expected one of debug, info; found "chatty"')
end

function tests.components_withoutType_areRefused(check)
  check.equal(value("components", "a.example:muc, b.example:http_file_share"),
    { { name = "a.example", type = "muc" }, { name = "b.example", type = "http_file_share" } })
  check.equal(value("components", "a.example"), nil)
  check.equal(value("components", "a.example:"), nil)
end

function tests.external_badEntry_isNamedByItsNumberOnly(check)
  check.equal(value("external", "a.example:s:e:c, b.example"),
    { { name = "a.example", secret = "s:e:c" }, { name = "b.example" } })
  local _, problem = value("external", "a.example:secret1,b/c:secret2")
  check.equal(problem, "entry 2 is not name:secret, or the name of a host")
end

function tests.accounts_oneALine_mayHaveCommasInPasswords(check)
  check.equal(value("accounts", "a@example.org:x,y:z\n\nb@example.org: p "),
    { { jid = "a@example.org", password = "x,y:z" }, { jid = "b@example.org", password = " p" } })
end

function tests.text_wordsForOff_areTexts(check)
  check.equal(value("text", "0"), "0")
  check.equal(value("text", " spaces "), " spaces ")
end

return tests
