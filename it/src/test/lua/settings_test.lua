local settings = require "prosody_oci.settings"

local function derive(variables, has_luadbi, has_unbound)
  return settings.derive(
    function(name) return variables[name] end, function() return "container" end, has_luadbi, has_unbound)
end

local function problem_of(variables)
  local _, problems = derive(variables)
  return table.concat(problems, "; ")
end

local tests = {}

function tests.derive_nothing_servesTheContainersName(check)
  local found, problems = derive {}
  check.equal(problems, {})
  check.equal(found.hosts, { "container" })
  check.equal(found.storage, "internal")
  check.equal(found.components, {
    { name = "conference.container", type = "muc" }, { name = "upload.container", type = "http_file_share" },
    { name = "proxy.container", type = "proxy65" },
  })
  check.equal(found.network_hostname, "container")
end

function tests.derive_hostsOff_servesTheContainersName(check)
  check.equal(derive { PROSODY_VIRTUAL_HOSTS = "," }.hosts, { "container" })
end

function tests.derive_componentsOff_hasNone(check)
  check.equal(derive { PROSODY_COMPONENTS = "off" }.components, {})
  check.equal(#derive { PROSODY_COMPONENTS = "" }.components, 3)
end

function tests.derive_externalComponentOfADefaultsName_replacesIt(check)
  local found, problems = derive { PROSODY_EXTERNAL_COMPONENTS = "Proxy.container:secret" }
  check.equal(problems, {})
  check.equal(#found.components, 2)
end

function tests.derive_severalHosts_haveNoCommonName(check)
  check.equal(derive { PROSODY_VIRTUAL_HOSTS = "a,b" }.network_hostname, nil)
  check.equal(derive { PROSODY_VIRTUAL_HOSTS = "a,b", PROSODY_NETWORK_HOSTNAME = "c" }.network_hostname, "c")
end

function tests.derive_sqlDriver_switchesStorage(check)
  local found = derive { PROSODY_SQL_DRIVER = "SQLite3", PROSODY_SQL_DB = "/data/x" }
  check.equal(found.storage, "sql")
  check.equal(found.sql, { driver = "SQLite3", database = "/data/x" })
  check.equal(derive { PROSODY_STORAGE = "sql" }.sql, { driver = "SQLite3", database = "prosody.sqlite" })
  check.equal(derive { PROSODY_SQL_DRIVER = "" }.storage, "internal")
end

function tests.derive_databaseWithoutLuaDbi_isRefused(check)
  check.contains(problem_of { PROSODY_SQL_DRIVER = "PostgreSQL" }, "PROSODY_SQL_DRIVER: PostgreSQL needs LuaDBI")
  local found, problems = derive({ PROSODY_SQL_DRIVER = "PostgreSQL", PROSODY_SQL_PORT = "5433" }, true)
  check.equal(problems, {})
  check.equal(found.sql.port, 5433)
end

function tests.derive_daneWithoutLibunbound_isRefused(check)
  check.contains(problem_of { PROSODY_USE_DANE = "on" }, "PROSODY_USE_DANE: DANE needs DNSSEC")
  check.equal(problem_of { PROSODY_USE_DANE = "off" }, "")
  local found, problems = derive({ PROSODY_USE_DANE = "on" }, false, true)
  check.equal(problems, {})
  check.equal(found.flag("PROSODY_USE_DANE", false), true)
end

function tests.derive_externalWithoutAnySecret_isRefused(check)
  check.contains(problem_of { PROSODY_EXTERNAL_COMPONENTS = "a.b" }, "PROSODY_EXTERNAL_COMPONENTS: a.b has no secret")
  check.equal(problem_of { PROSODY_EXTERNAL_COMPONENTS = "a.b", PROSODY_COMPONENT_SECRET = "x" }, "")
end

function tests.derive_sameNameTwice_isRefused(check)
  check.contains(
    problem_of { PROSODY_VIRTUAL_HOSTS = "example.org", PROSODY_COMPONENTS = "Example.org:muc" },
    "PROSODY_COMPONENTS: example.org stands in PROSODY_VIRTUAL_HOSTS already")
end

function tests.derive_accounts_needAllThreeAndAHost(check)
  check.contains(problem_of { LOCAL = "a", PASSWORD = "b" }, "DOMAIN: not set")
  check.contains(problem_of { LOCAL = "a", DOMAIN = "example.org" }, "PASSWORD: not set")
  check.equal(problem_of { DOMAIN = "example.org" }, "")
  check.contains(
    problem_of { LOCAL = "a", DOMAIN = "example.org", PASSWORD = "b" },
    "DOMAIN: example.org is not in PROSODY_VIRTUAL_HOSTS")
  local found = derive {
    PROSODY_VIRTUAL_HOSTS = "example.org", LOCAL = "a", DOMAIN = "example.org", PASSWORD = "b",
    PROSODY_ACCOUNTS = "c@example.org:d",
  }
  check.equal(#found.accounts, 2)
  check.equal(found.accounts[2].jid, "a@example.org")
end

function tests.flag_unset_isTheDefault(check)
  local found = derive { PROSODY_USE_DANE = "0", PROSODY_S2S_SECURE_AUTH = "false" }
  check.equal(found.flag("PROSODY_USE_DANE", true), false)
  check.equal(found.flag("PROSODY_S2S_SECURE_AUTH", true), false)
  check.equal(found.flag("PROSODY_SELF_SIGNED", true), true)
end

return tests
