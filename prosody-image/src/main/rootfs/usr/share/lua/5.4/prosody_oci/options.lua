-- Which options of Prosody the variables set: the one place that knows.

local uploads = require "prosody_oci.uploads"

local options = {}

local function period(days)
  return days == "never" and days or days .. "d"
end

-- Encryption of uploads (XEP-0454) adds a tag.
local TAG_BYTES = 16

-- Who may create rooms, in Prosody's words.
local ROOM_CREATION = { ["local"] = "local", admins = true, all = false }

-- from       a variable, or a setting that is derived from variables (in lower case); of several the first that is set counts
-- to         an option, or several; a dot leads into a table
-- preset     its value if nothing is set
-- convert    turns the variable's value into the option's
-- component  the type of components whose option it is, in place of the server's
local MAPPING = {
  { from = "PROSODY_ADMINS", to = "admins" },
  { from = "PROSODY_PASSWORD_HASH", to = "password_hash", preset = "SHA-256" },
  { from = "PROSODY_INVITES_PAGE", to = "container_invites_page" },

  { from = "PROSODY_CA_FILE", to = "ssl.cafile" },
  { from = "PROSODY_S2S_SECURE_AUTH", to = "s2s_secure_auth", preset = true },
  { from = "PROSODY_USE_DANE", to = "use_dane", preset = false },
  -- Under names that are not known, too: not every proxy passes on the name that it was asked for.
  { from = "http_host", to = { "http_host", "http_default_host" } },
  { from = "network_hostname", to = "proxy65_address" },
  { from = "PROSODY_HTTP_EXTERNAL_URL", to = "http_external_url" },
  { from = "PROSODY_TRUSTED_PROXIES", to = "trusted_proxies" },
  { from = "PROSODY_C2S_RATE_LIMIT", to = "limits.c2s.rate", preset = "10kb/s" },
  -- Also for what other servers send where this one connected to them.
  { from = "PROSODY_S2S_RATE_LIMIT", to = { "limits.s2sin.rate", "limits.s2sout.rate" }, preset = "30kb/s" },
  {
    from = "PROSODY_MAX_CONNECTIONS_PER_IP",
    to = { "limits.c2s.max_connections_per_ip", "limits.s2sin.max_connections_per_ip" },
  },

  { from = "PROSODY_DISABLE_MODULES", to = "modules_disabled" },
  { from = "PROSODY_PLUGIN_PATHS", to = "plugin_paths", preset = { "/usr/lib/prosody/modules", "/etc/prosody/modules" } },
  { from = "PROSODY_TURN_SECRET", to = "turn_external_secret" },
  { from = { "PROSODY_TURN_HOST", "network_hostname" }, to = "turn_external_host" },
  { from = "PROSODY_TURN_PORT", to = "turn_external_port" },
  { from = "PROSODY_TURN_TLS_PORT", to = "turn_external_tls_port" },

  { from = "storage", to = "storage" },
  -- Archives in files have room until messages expire: appending to a long one costs no more. Databases have no limit.
  {
    from = "storage", to = "storage_archive_item_limit",
    convert = function(storage) return storage == "internal" and 1000000000 or nil end,
  },
  { from = "sql", to = "sql" },
  {
    from = { "PROSODY_ARCHIVE_EXPIRY_DAYS", "PROSODY_RETENTION_DAYS" }, to = { "archive_expires_after", "muc_log_expires_after" },
    preset = 7, convert = period,
  },

  { from = "PROSODY_STATISTICS", to = "statistics" },
  { from = "PROSODY_STATISTICS_INTERVAL", to = "statistics_interval" },
  { from = "PROSODY_METRICS_CIDR", to = "openmetrics_allow_cidr" },
  { from = "PROSODY_HEALTH_PORT", to = "container_health_port" },

  { component = "muc", from = "PROSODY_MUC_MODULES", to = "modules_enabled", preset = { "muc_mam" } },
  {
    component = "muc", from = "PROSODY_MUC_CREATION", to = "restrict_room_creation", preset = "local",
    convert = function(who) return ROOM_CREATION[who] end,
  },
  { component = "muc", from = "PROSODY_MUC_PERSISTENT", to = "muc_room_default_persistent" },
  { component = "muc", from = "PROSODY_MUC_PUBLIC", to = "muc_room_default_public" },
  {
    component = "http_file_share", from = { "PROSODY_UPLOAD_EXPIRY_DAYS", "PROSODY_RETENTION_DAYS" }, to = "http_file_share_expires_after",
    preset = 7, convert = period,
  },
  {
    component = "http_file_share", from = "PROSODY_UPLOAD_LIMIT_MB", to = "http_file_share_size_limit", preset = 10,
    convert = function(mebibytes) return math.floor(mebibytes * 2 ^ 20) + TAG_BYTES end,
  },
  {
    component = "http_file_share", from = "PROSODY_UPLOAD_STORAGE_GB", to = "http_file_share_global_quota", preset = 10,
    convert = function(gibibytes) return gibibytes and math.floor(gibibytes * 2 ^ 30) or nil end,
  },
}

-- Modules that come with the value of a variable: any value (true), or one.
local MODULES = {
  { from = "PROSODY_TURN_SECRET", value = true, module = "turn_external" },
  { from = "PROSODY_STATISTICS", value = "internal", module = "http_openmetrics" },
}

local function list(value)
  return type(value) == "table" and value or { value }
end

local function first_set(settings, names, preset)
  for _, name in ipairs(list(names)) do
    local value = settings.values[name]
    if value == nil then
      value = settings[name]
    end
    if value ~= nil then
      return value
    end
  end
  return preset
end

local function put(found, option, value)
  local folders, name = option:match("^(.-)([^.]+)$")
  for folder in folders:gmatch("[^.]+") do
    found[folder] = found[folder] or {}
    found = found[folder]
  end
  found[name] = value
end

-- Returns options by name: the server's, or those of a type of components.
function options.of(settings, component)
  local found = {}
  for _, entry in ipairs(MAPPING) do
    if entry.component == component then
      local value = first_set(settings, entry.from, entry.preset)
      if value ~= nil and entry.convert then
        value = entry.convert(value)
      end
      for _, option in ipairs(value ~= nil and list(entry.to) or {}) do
        put(found, option, value)
      end
    end
  end
  return found
end

-- Returns the modules that are loaded because of variables.
function options.modules(settings)
  local found = table.move(settings.values.PROSODY_ENABLE_MODULES or {}, 1, #(settings.values.PROSODY_ENABLE_MODULES or {}), 1, {})
  for _, entry in ipairs(MODULES) do
    local value = settings.values[entry.from]
    if value and (entry.value == true or entry.value == value) then
      found[#found + 1] = entry.module
    end
  end
  return found
end

-- Returns what is served, in order: { name, type, options }; a host has no type.
function options.sites(settings)
  local sites = {}
  for _, host in ipairs(settings.hosts) do
    sites[#sites + 1] = { name = host, options = {} }
  end
  local by_name = {}
  for _, component in ipairs(settings.components) do
    local site = { name = component.name, type = component.type, options = options.of(settings, component.type) }
    sites[#sites + 1], by_name[site.name] = site, site
  end
  for _, component in ipairs(settings.components) do
    if component.type == "proxy65" then
      -- A name that has a DNS record anyway.
      by_name[component.name].options.proxy65_address = settings.network_hostname or uploads.host_of(component.name, settings.hosts)
    end
  end
  for _, place in ipairs(uploads.places(settings)) do
    local found = by_name[place.component].options
    found.http_host = place.host
    found.http_paths = place.path ~= uploads.PATH and { file_share = place.path } or nil
  end
  for _, component in ipairs(settings.external) do
    local secret = component.secret or settings.values.PROSODY_COMPONENT_SECRET
    sites[#sites + 1] = { name = component.name, type = "component", options = { component_secret = secret } }
  end
  return sites
end

return options
