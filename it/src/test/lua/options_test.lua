local options = require "prosody_oci.options"
local settings = require "prosody_oci.settings"

local function derive(variables)
  return (settings.derive(function(name) return variables[name] end, function() return "container" end))
end

local tests = {}

function tests.of_nothing_isThePresets(check)
  local found = options.of(derive {})
  check.equal(found.password_hash, "SHA-256")
  check.equal(found.s2s_secure_auth, true)
  check.equal(found.use_dane, false)
  check.equal(found.limits, { c2s = { rate = "10kb/s" }, s2sin = { rate = "30kb/s" }, s2sout = { rate = "30kb/s" } })
  check.equal(found.storage, "internal")
  check.equal(found.archive_expires_after, "7d")
  check.equal(found.muc_log_expires_after, "7d")
  check.equal(found.http_host, "container")
  check.equal(found.ssl, nil)
  check.equal(found.sql, nil)
end

function tests.of_flagsThatAreOff_areFalse(check)
  local found = options.of(derive { PROSODY_S2S_SECURE_AUTH = "off", PROSODY_USE_DANE = "on" })
  check.equal(found.s2s_secure_auth, false)
  check.equal(found.use_dane, true)
end

function tests.of_severalVariables_theFirstThatIsSetCounts(check)
  local found = derive { PROSODY_RETENTION_DAYS = "30", PROSODY_UPLOAD_EXPIRY_DAYS = "never" }
  check.equal(options.of(found).archive_expires_after, "30d")
  check.equal(options.of(found, "http_file_share").http_file_share_expires_after, "never")
  check.equal(options.of(derive { PROSODY_TURN_HOST = "turn" }).turn_external_host, "turn")
  check.equal(options.of(derive {}).turn_external_host, "container")
end

function tests.of_component_isThatOfItsType(check)
  check.equal(options.of(derive {}, "muc"), { modules_enabled = { "muc_mam" }, restrict_room_creation = "local" })
  check.equal(options.of(derive { PROSODY_MUC_MODULES = "off" }, "muc").modules_enabled, {})
  check.equal(options.of(derive { PROSODY_MUC_CREATION = "admins" }, "muc").restrict_room_creation, true)
  check.equal(options.of(derive { PROSODY_MUC_CREATION = "all" }, "muc").restrict_room_creation, false)
  local rooms = options.of(derive { PROSODY_MUC_PERSISTENT = "on", PROSODY_MUC_PUBLIC = "off" }, "muc")
  check.equal(rooms.muc_room_default_persistent, true)
  check.equal(rooms.muc_room_default_public, false)
  check.equal(options.of(derive {}, "proxy65"), {})
end

function tests.of_uploads_areLimited(check)
  local found = options.of(derive {}, "http_file_share")
  check.equal(found.http_file_share_size_limit, 10 * 1024 * 1024 + 16)
  check.equal(found.http_file_share_global_quota, 10 * 1024 ^ 3 // 1 | 0)
  found = options.of(derive { PROSODY_UPLOAD_STORAGE_GB = "0.5", PROSODY_UPLOAD_LIMIT_MB = "0.5" }, "http_file_share")
  check.equal(found.http_file_share_size_limit, 524304)
  check.equal(found.http_file_share_global_quota, 536870912)
  check.equal(options.of(derive { PROSODY_UPLOAD_STORAGE_GB = "off" }, "http_file_share").http_file_share_global_quota, nil)
end

-- Returns where each upload component is served: "host path" by its name.
local function upload_sites(variables)
  local found = {}
  for _, site in ipairs(options.sites(derive(variables))) do
    if site.type == "http_file_share" then
      found[site.name] = tostring(site.options.http_host) .. " " .. (site.options.http_paths or { file_share = "-" }).file_share
    end
  end
  return found
end

function tests.uploads_aHostIsAdded_theOthersAddressStays(check)
  check.equal(upload_sites { PROSODY_VIRTUAL_HOSTS = "a.org" }, { ["upload.a.org"] = "a.org -" })
  check.equal(
    upload_sites { PROSODY_VIRTUAL_HOSTS = "a.org,b.org" }, { ["upload.a.org"] = "a.org -", ["upload.b.org"] = "b.org -" })
end

function tests.uploads_oneNameForAll_haveTheirOwnPaths(check)
  local expected = { ["upload.a.org"] = "x.org -", ["upload.b.org"] = "x.org /file_share/upload.b.org" }
  check.equal(upload_sites { PROSODY_VIRTUAL_HOSTS = "a.org,b.org", PROSODY_NETWORK_HOSTNAME = "x.org" }, expected)
  check.equal(upload_sites { PROSODY_VIRTUAL_HOSTS = "a.org,b.org", PROSODY_HTTP_EXTERNAL_URL = "https://X.org:444/sub/" }, expected)
end

function tests.uploads_componentOfNoHost_hasItsOwnName(check)
  check.equal(
    upload_sites { PROSODY_VIRTUAL_HOSTS = "a.org,b.org", PROSODY_COMPONENTS = "files.c.org:http_file_share" }, { ["files.c.org"] = "nil -" })
end

function tests.aliases_areTheNamesThatUploadsHadBefore(check)
  local uploads = require "prosody_oci.uploads"
  check.equal(uploads.aliases(derive { PROSODY_VIRTUAL_HOSTS = "a.org,b.org" }), {
    ["upload.a.org"] = { host = "a.org", path = "/file_share" }, ["upload.b.org"] = { host = "b.org", path = "/file_share" },
  })
  check.equal(uploads.aliases(derive { PROSODY_VIRTUAL_HOSTS = "a.org", PROSODY_NETWORK_HOSTNAME = "x.org" }), {
    ["upload.a.org"] = { host = "x.org", path = "/file_share" }, ["a.org"] = { host = "x.org", path = "/file_share" },
  })
end

function tests.externalUrl_namesTheHostOfHttp(check)
  check.equal(options.of(derive { PROSODY_HTTP_EXTERNAL_URL = "https://xmpp.example.org/" }).http_host, "xmpp.example.org")
  check.equal(options.of(derive { PROSODY_HTTP_EXTERNAL_URL = "https://[2001:db8::1]:8443/" }).http_host, "[2001:db8::1]")
  check.equal(
    options.of(derive { PROSODY_HTTP_EXTERNAL_URL = "https://x.org/", PROSODY_NETWORK_HOSTNAME = "y.org" }).proxy65_address, "y.org")
end

function tests.modules_comeWithVariables(check)
  check.equal(options.modules(derive {}), {})
  check.equal(options.modules(derive { PROSODY_STATISTICS = "statsd" }), {})
  check.equal(
    options.modules(derive { PROSODY_ENABLE_MODULES = "a,b", PROSODY_TURN_SECRET = "x", PROSODY_STATISTICS = "internal" }),
    { "a", "b", "turn_external", "http_openmetrics" })
end

function tests.sites_haveTheirTypesAndSecrets(check)
  local sites = options.sites(derive {
    PROSODY_VIRTUAL_HOSTS = "example.org", PROSODY_COMPONENTS = "rooms.example.org:muc",
    PROSODY_EXTERNAL_COMPONENTS = "a.example:own,b.example", PROSODY_COMPONENT_SECRET = "common",
  })
  check.equal(#sites, 4)
  check.equal(sites[1], { name = "example.org", options = {} })
  check.equal(sites[2].type, "muc")
  check.equal(sites[3], { name = "a.example", type = "component", options = { component_secret = "own" } })
  check.equal(sites[4].options.component_secret, "common")
end

return tests
