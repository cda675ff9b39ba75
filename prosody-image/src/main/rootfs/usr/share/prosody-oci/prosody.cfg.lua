-- The configuration of the image. It is used as long as there is no /etc/prosody/prosody.cfg.lua, which replaces it as a whole.
-- Its values come from environment variables: see docs/configuration.md, or prosody_oci/variables.lua in the image.

local settings, problems = Lua.require "prosody_oci.settings".load()
if not settings then
  Lua.error(problems, 0)
end
local values, flag = settings.values, settings.flag
local files = Lua.require "prosody_oci.files"
files.add_hosts(settings)
local certificates_folder = Lua.require "prosody_oci.certificates".prepare(settings, Lua.prosody)

-- Process

pidfile = "prosody.pid"
-- Files belong to a group as much as to a user, since platforms choose the user at each start.
umask = "007"
log = Lua.require "prosody_oci.logging".rules(values)
-- Whoever has not logged in by then is asked to go; mod_container_strangers closes after a minute.
c2s_timeout = 50
s2s_timeout = 50
-- Nothing that comes before authentication is larger (RFC 6120, 13.12 is about stanzas, which come after it).
c2s_unauthed_stanza_size_limit = 5000
s2s_unauthed_stanza_size_limit = 5000
-- Whole requests are kept in memory; uploads above are written to disk as they come. A stanza over BOSH may have 256 KiB.
http_max_content_size = 300 * 1024
-- The end of a container is not put off by clients that do not answer.
c2s_close_timeout = 1
s2s_close_timeout = 1
statistics = values.PROSODY_STATISTICS
statistics_interval = values.PROSODY_STATISTICS_INTERVAL
openmetrics_allow_cidr = values.PROSODY_METRICS_CIDR
plugin_paths = values.PROSODY_PLUGIN_PATHS or { "/usr/lib/prosody/modules", "/etc/prosody/modules" }
installer_plugin_path = "/var/lib/prosody/custom_plugins"
container_settings = settings

-- Modules

modules_enabled = {
  -- required
  "disco", "roster", "saslauth", "tls",
  -- recommended
  "blocklist", "bookmarks", "carbons", "dialback", "limits", "pep", "private", "smacks", "vcard4", "vcard_legacy",
  -- nice to have
  "account_activity", "cloud_notify", "csi_simple", "invites", "invites_adhoc", "invites_register", "mam", "ping", "register",
  "server_info", "time", "uptime", "version",
  -- for administrators
  "admin_adhoc", "admin_shell",
  -- over HTTP
  "bosh", "http_altconnect", "websocket",
  -- of this image
  "container", "container_components", "container_health", "container_logins", "container_nesting", "container_strangers",
}
if values.PROSODY_TURN_SECRET then
  modules_enabled:append { "turn_external" }
  turn_external_secret = values.PROSODY_TURN_SECRET
  turn_external_host = values.PROSODY_TURN_HOST or settings.network_hostname
  turn_external_port = values.PROSODY_TURN_PORT
  turn_external_tls_port = values.PROSODY_TURN_TLS_PORT
end
if values.PROSODY_STATISTICS == "internal" then
  modules_enabled:append { "http_openmetrics" }
end
modules_enabled:append(values.PROSODY_ENABLE_MODULES or {})
modules_disabled = values.PROSODY_DISABLE_MODULES

-- Accounts

admins = values.PROSODY_ADMINS
authentication = "internal_hashed"
password_hash = values.PROSODY_PASSWORD_HASH or "SHA-256"
-- Accounts are made by administrators, or by those whom they invite.
allow_registration = false
registration_invite_only = true

-- Network and TLS

certificates = certificates_folder
if values.PROSODY_CA_FILE then
  ssl = { cafile = values.PROSODY_CA_FILE }
end
c2s_require_encryption = true
s2s_require_encryption = true
s2s_secure_auth = flag("PROSODY_S2S_SECURE_AUTH", true)
use_dane = flag("PROSODY_USE_DANE", false)
local resolver = Lua.require "prosody_oci.resolver"
unbound = resolver.options(values)
resolver.prepare(values)
c2s_direct_tls_ports = { 5223 }
c2s_direct_tls_ssl = { alpn = { "xmpp-client" } }
s2s_direct_tls_ports = { 5270 }
s2s_direct_tls_ssl = { alpn = { "xmpp-server" } }
-- Which ports are reachable is decided where the container is run.
http_interfaces = { "*", "::" }
component_interfaces = { "*", "::" }
http_host = settings.network_hostname
proxy65_address = settings.network_hostname
http_external_url = values.PROSODY_HTTP_EXTERNAL_URL
trusted_proxies = values.PROSODY_TRUSTED_PROXIES
limits = {
  c2s = {
    rate = values.PROSODY_C2S_RATE_LIMIT or "10kb/s",
    max_connections_per_ip = values.PROSODY_MAX_CONNECTIONS_PER_IP,
  },
  s2sin = {
    rate = values.PROSODY_S2S_RATE_LIMIT or "30kb/s",
    max_connections_per_ip = values.PROSODY_MAX_CONNECTIONS_PER_IP,
  },
  -- What other servers send where this one connected to them.
  s2sout = { rate = values.PROSODY_S2S_RATE_LIMIT or "30kb/s" },
}
container_health_port = values.PROSODY_HEALTH_PORT

-- Storage

storage = settings.storage
sql = settings.sql
archive_expires_after = settings.archive_expiry
muc_log_expires_after = settings.archive_expiry
-- More than there are users on a day. Of each user that does not fit, every message costs a reading of the whole archive, and a writing of the
-- list of that day's users.
archive_cleanup_date_cache_size = 20000
storage_archive_item_limit_cache_size = 20000
blocklist_cache_size = 20000

-- Hosts and components, each with the options of its drop-in

local drop_ins = files.of_hosts()

local function drop_in(name)
  local path = drop_ins[name]
  if path then
    local options, err = Lua.loadfile(path, "t", _ENV)
    if not options then
      Lua.error(err, 0)
    end
    options()
  end
end

for _, host in Lua.ipairs(settings.hosts) do
  VirtualHost(host)
  drop_in(host)
end

for _, component in Lua.ipairs(settings.components) do
  Component(component.name)(component.type)
  if component.type == "muc" then
    modules_enabled = values.PROSODY_MUC_MODULES or { "muc_mam" }
    restrict_room_creation = "local"
  elseif component.type == "http_file_share" then
    http_file_share_expires_after = settings.upload_expiry
    -- With room for what encryption adds.
    http_file_share_size_limit = Lua.math.floor((values.PROSODY_UPLOAD_LIMIT_MB or 10) * 1024 * 1024) + 16
    http_file_share_global_quota = settings.upload_quota
  end
  drop_in(component.name)
end

for _, component in Lua.ipairs(settings.external) do
  Component(component.name)
  component_secret = component.secret or values.PROSODY_COMPONENT_SECRET
  drop_in(component.name)
end

for _, file in Lua.ipairs(files.extra(values.PROSODY_EXTRA_CONFIG)) do
  Include(file)
end
