local certificates = require "prosody_oci.certificates"
local certificate_files = require "prosody_oci.certificate_files"
local x509time = require "prosody_oci.x509time"
local lfs = require "lfs"

local function folder(names)
  local root = os.tmpname()
  os.remove(root)
  lfs.mkdir(root)
  for _, name in ipairs(names) do
    local path = root
    for part in name:gmatch("([^/]+)/") do
      path = path .. "/" .. part
      lfs.mkdir(path)
    end
    assert(io.open(root .. "/" .. name, "w")):close()
  end
  return root
end

local function found_in(names)
  local root = folder(names)
  local found = {}
  for _, pair in ipairs((certificate_files.pairs_below(root))) do
    found[#found + 1] = pair.certificate:sub(#root + 2) .. " " .. pair.key:sub(#root + 2)
  end
  return found
end

local function candidate(name, from, to, names)
  return { certificate = name, from = from, to = to, names = names or { "example.org" } }
end

local function best(candidates, now)
  return certificates.best(candidates, now, function(pair)
    if pair.problem then
      return nil, pair.problem
    end
    return pair
  end)
end

local tests = {}

function tests.pairsBelow_everyLayout_isFound(check)
  check.equal(found_in {
    "example.org.crt", "example.org.key", "tls.crt", "tls.key", "example.net/fullchain.pem", "example.net/privkey.pem",
    "live/example.com/fullchain.pem", "live/example.com/privkey.pem", "live/example.com/chain.pem", "live/README",
  }, {
    "example.net/fullchain.pem example.net/privkey.pem",
    "example.org.crt example.org.key",
    "live/example.com/fullchain.pem live/example.com/privkey.pem",
    "tls.crt tls.key",
  })
end

function tests.pairsBelow_withoutKeyOrHidden_isNot(check)
  check.equal(found_in { "a.crt", "b.key", "..data/tls.crt", "..data/tls.key", "c.pem" }, {})
end

function tests.pairsBelow_noFolder_isEmpty(check)
  check.equal({ certificate_files.pairs_below("/nowhere") }, { {}, {} })
end

function tests.best_severalForAName_isTheYoungestThatIsValid(check)
  local found = best({ candidate("old", 1, 100), candidate("young", 5, 50), candidate("future", 20, 100) }, 10)
  check.equal(found["example.org"].certificate, "young")
end

function tests.best_onlyExpired_isTheYoungest(check)
  local found = best({ candidate("a", 1, 2), candidate("b", 2, 3) }, 10)
  check.equal(found["example.org"].certificate, "b")
end

function tests.best_unusable_isReported(check)
  local found, problems = best({ { problem = "no key" }, candidate("a", 1, 20) }, 10)
  check.equal(found["example.org"].certificate, "a")
  check.equal(problems, { "no key" })
end

function tests.choose_ownThenWildcardThenAbove(check)
  local found = {
    ["a.example.org"] = "own", ["*.example.org"] = "wildcard", ["example.net"] = "above",
  }
  check.equal(certificates.choose(found, "A.example.org"), "own")
  check.equal(certificates.choose(found, "b.example.org"), "wildcard")
  check.equal(certificates.choose(found, "upload.example.net"), "above")
  check.equal(certificates.choose(found, "example.org"), nil)
  check.equal(certificates.choose(found, "c.b.example.org"), "wildcard")
end

function tests.folder_isSeenFromTheConfiguration(check)
  check.equal(certificates.folder {}, "/etc/prosody/certs")
  check.equal(certificates.folder { PROSODY_CERTIFICATES = "tls" }, "/etc/prosody/tls")
  check.equal(certificates.folder { PROSODY_CERTIFICATES = "/tls" }, "/tls")
end

function tests.parse_timesOfCertificates_areSecondsSince1970(check)
  check.equal(x509time.parse("Jan  1 00:00:00 1970 GMT"), 0)
  check.equal(x509time.parse("Feb 29 12:34:56 2024 GMT"), 1709210096)
  check.equal(x509time.parse("Mar  1 00:00:00 2026 GMT"), 1772323200)
  check.equal(x509time.parse("Dec 31 23:59:59 2099 GMT"), 4102444799)
  check.equal(pcall(x509time.parse, "yesterday"), false)
end

function tests.uncovered_onlyTheHostsCertificate_isNamed(check)
  local settings = {
    components = {
      { name = "conference.example.org", type = "muc" }, { name = "upload.example.org", type = "http_file_share" },
      { name = "rooms.example.net", type = "muc" },
    },
    external = { { name = "bridge.example.org" } },
  }
  local host = candidate("host.crt", 0, 10)
  check.equal(certificates.uncovered({ ["example.org"] = host }, settings), {
    { component = "conference.example.org", certificate = "host.crt" }, { component = "bridge.example.org", certificate = "host.crt" },
  })
  check.equal(certificates.uncovered({ ["example.org"] = host, ["*.example.org"] = host }, settings), {})
  check.equal(
    certificates.uncovered({ ["example.org"] = host, ["conference.example.org"] = host, ["bridge.example.org"] = host }, settings), {})
end

return tests
