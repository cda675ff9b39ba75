-- What the configuration needs to know: the variables of the image, their defaults, and whether they fit together.

local environment = require "prosody_oci.environment"

local settings = {}

-- A host's name inside another one's (conference.example.org of example.org) shares its certificate.
local DEFAULT_COMPONENTS = { { "conference", "muc" }, { "upload", "http_file_share" }, { "proxy", "proxy65" } }

-- Without those whose name another component has.
local function default_components(hosts, external)
  local taken, components = {}, {}
  for _, component in ipairs(external) do
    taken[component.name:lower()] = true
  end
  for _, host in ipairs(hosts) do
    for _, default in ipairs(DEFAULT_COMPONENTS) do
      local name = default[1] .. "." .. host
      if not taken[name:lower()] then
        components[#components + 1] = { name = name, type = default[2] }
      end
    end
  end
  return components
end

local function accounts_of(values, problems)
  local accounts = {}
  for _, account in ipairs(values.PROSODY_ACCOUNTS or {}) do
    account.variable = "PROSODY_ACCOUNTS"
    accounts[#accounts + 1] = account
  end
  if values.LOCAL or values.PASSWORD then
    for _, name in ipairs { "LOCAL", "DOMAIN", "PASSWORD" } do
      if not values[name] then
        problems[#problems + 1] = name .. ": not set, but LOCAL, DOMAIN and PASSWORD belong together"
        return accounts
      end
    end
    accounts[#accounts + 1] = {
      jid = values.LOCAL .. "@" .. values.DOMAIN, password = values.PASSWORD, variable = "DOMAIN",
    }
  end
  return accounts
end

local function sql_of(values, problems, has_luadbi)
  local driver = values.PROSODY_SQL_DRIVER or "SQLite3"
  if driver == "SQLite3" then
    return { driver = driver, database = values.PROSODY_SQL_DB or "prosody.sqlite" }
  end
  if not has_luadbi then
    problems[#problems + 1] = "PROSODY_SQL_DRIVER: " .. driver .. " needs LuaDBI, which this image does not hold;"
      .. " use SQLite3, or an image that adds it"
  end
  return {
    driver = driver,
    database = values.PROSODY_SQL_DB or "prosody",
    host = values.PROSODY_SQL_HOST,
    port = values.PROSODY_SQL_PORT,
    username = values.PROSODY_SQL_USERNAME,
    password = values.PROSODY_SQL_PASSWORD,
  }
end

-- A reverse proxy passes on the name that clients asked for.
local function host_of_url(url)
  local host = url and (url:match("^%a+://(%b[])") or url:match("^%a+://([^/:?#]+)"))
  return host and host:lower()
end

local function check_names(hosts, components, external, accounts, problems)
  local taken = {}
  local function take(name, variable)
    name = name:lower()
    if taken[name] then
      problems[#problems + 1] = ("%s: %s stands in %s already"):format(variable, name, taken[name])
    end
    taken[name] = variable
  end
  for _, host in ipairs(hosts) do
    take(host, "PROSODY_VIRTUAL_HOSTS")
  end
  for _, account in ipairs(accounts) do
    local host = account.jid:match("@(.*)$")
    if not taken[host:lower()] then
      problems[#problems + 1] = ("%s: %s is not in PROSODY_VIRTUAL_HOSTS"):format(account.variable, host)
    end
  end
  for _, component in ipairs(components) do
    take(component.name, "PROSODY_COMPONENTS")
  end
  for _, component in ipairs(external) do
    take(component.name, "PROSODY_EXTERNAL_COMPONENTS")
  end
end

-- Returns the settings, and a list of what is wrong.
-- getenv(name) and hostname() answer as the system does; has_luadbi says whether databases other than SQLite can be used, has_unbound whether
-- DNSSEC can be checked.
function settings.derive(getenv, hostname, has_luadbi, has_unbound)
  local values, problems = environment.read(getenv)
  local hosts = values.PROSODY_VIRTUAL_HOSTS
  if not hosts or #hosts == 0 then
    hosts = { hostname() }
  end
  local external = values.PROSODY_EXTERNAL_COMPONENTS or {}
  local components = values.PROSODY_COMPONENTS or default_components(hosts, external)
  for _, component in ipairs(external) do
    if not component.secret and not values.PROSODY_COMPONENT_SECRET then
      problems[#problems + 1] = "PROSODY_EXTERNAL_COMPONENTS: " .. component.name .. " has no secret, and there is no"
        .. " PROSODY_COMPONENT_SECRET"
    end
  end
  if values.PROSODY_USE_DANE and not has_unbound then
    problems[#problems + 1] = "PROSODY_USE_DANE: DANE needs DNSSEC, which is checked by libunbound; this image leaves it out, as the version at"
      .. " hand has known vulnerabilities. Switch PROSODY_USE_DANE off, or build an image with libunbound: mvn package -Pdane"
  end
  local accounts = accounts_of(values, problems)
  check_names(hosts, components, external, accounts, problems)

  local result = {
    values = values,
    hosts = hosts,
    accounts = accounts,
    components = components,
    external = external,
    network_hostname = values.PROSODY_NETWORK_HOSTNAME or (#hosts == 1 and hosts[1] or nil),
    http_host = host_of_url(values.PROSODY_HTTP_EXTERNAL_URL) or values.PROSODY_NETWORK_HOSTNAME or (#hosts == 1 and hosts[1] or nil),
    storage = values.PROSODY_SQL_DRIVER and "sql" or values.PROSODY_STORAGE or "internal",
  }
  if result.storage == "sql" then
    result.sql = sql_of(values, problems, has_luadbi)
  end
  -- Returns whether a flag is on, given what holds if it is not set.
  function result.flag(name, default)
    if values[name] == nil then
      return default
    end
    return values[name]
  end
  return result, problems
end

local function hostname()
  local file = io.open("/proc/sys/kernel/hostname")
  local name = file and file:read("l") or ""
  if file then
    file:close()
  end
  return name ~= "" and name or "localhost"
end

-- Returns the settings of this container, or nil and a message of a line per problem.
function settings.load()
  local has_luadbi = package.searchpath("DBI", package.path) ~= nil
  local has_unbound = package.searchpath("lunbound", package.cpath) ~= nil
  local result, problems = settings.derive(os.getenv, hostname, has_luadbi, has_unbound)
  if #problems > 0 then
    return nil, table.concat(problems, "\n")
  end
  return result
end

return settings
