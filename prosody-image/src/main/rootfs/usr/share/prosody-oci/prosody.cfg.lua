-- The configuration of the image. It is used as long as there is no /etc/prosody/prosody.cfg.lua, which replaces it as a whole.
-- What variables set comes from prosody_oci/options.lua; here is what holds always.

local settings, problems = Lua.require "prosody_oci.settings".load()
if not settings then
  Lua.error(problems, 0)
end
local options = Lua.require "prosody_oci.options"
local files = Lua.require "prosody_oci.files"
files.add_hosts(settings)
local certificates_folder = Lua.require "prosody_oci.certificates".prepare(settings, Lua.prosody)

local function apply(found)
  for name, value in Lua.pairs(found) do
    _ENV[name] = value
  end
end

-- Process

pidfile = "prosody.pid"
-- Files belong to a group as much as to a user, since platforms choose the user at each start.
umask = "007"
log = Lua.require "prosody_oci.logging".rules(settings.values)
-- The end of a container is not put off by clients that do not answer.
c2s_close_timeout = 1
s2s_close_timeout = 1
installer_plugin_path = "/var/lib/prosody/custom_plugins"
container_settings = settings

-- Modules

modules_enabled = {
  -- what every server needs
  "disco", "roster", "saslauth", "tls", "dialback", "limits",
  -- of users and their devices
  "account_activity", "blocklist", "bookmarks", "carbons", "cloud_notify", "csi_simple", "mam", "pep", "private", "smacks", "vcard4",
  "vcard_legacy",
  -- accounts by invitation
  "invites", "invites_adhoc", "invites_register", "register",
  -- about the server
  "ping", "server_info", "time", "uptime", "version", "admin_adhoc", "admin_shell",
  -- over HTTP
  "bosh", "http_altconnect", "websocket",
  -- of this image
  "container", "container_components", "container_health", "container_http", "container_invites", "container_logins", "container_memory",
  "container_nesting", "container_strangers", "container_uploads",
}
modules_enabled:append(options.modules(settings))

-- Accounts are made by administrators, or by those whom they invite.

authentication = "internal_hashed"
allow_registration = false
registration_invite_only = true

-- Network and TLS

certificates = certificates_folder
c2s_require_encryption = true
s2s_require_encryption = true
local resolver = Lua.require "prosody_oci.resolver"
unbound = resolver.options(settings.values)
resolver.prepare(settings.values)
c2s_direct_tls_ports = { 5223 }
c2s_direct_tls_ssl = { alpn = { "xmpp-client" } }
s2s_direct_tls_ports = { 5270 }
s2s_direct_tls_ssl = { alpn = { "xmpp-server" } }
-- What a connection has left to read is read at once; Prosody would wait a millisecond for each 8 kB.
network_settings = { min_wait = 0.00001 }
-- Which ports are reachable is decided where the container is run.
http_interfaces = { "*", "::" }
component_interfaces = { "*", "::" }
container_http_aliases = Lua.require "prosody_oci.uploads".aliases(settings)

-- Strangers

-- Whoever has not logged in by then is asked to go; mod_container_strangers closes after a minute.
c2s_timeout = 50
s2s_timeout = 50
-- Nothing that comes before authentication is larger (RFC 6120, 13.12 is about stanzas, which come after it).
c2s_unauthed_stanza_size_limit = 5000
s2s_unauthed_stanza_size_limit = 5000
-- Whole requests are kept in memory; uploads above are written to disk as they come. A stanza over BOSH may have 256 KiB.
http_max_content_size = 300 * 1024

-- Storage

-- More than there are users on a day. Of each user that does not fit, every message costs a reading of the whole archive, and a writing of the
-- list of that day's users.
archive_cleanup_date_cache_size = 20000
storage_archive_item_limit_cache_size = 20000
blocklist_cache_size = 20000

apply(options.of(settings))

-- Hosts and components, each with the options of its drop-in

local drop_ins = files.of_hosts()

for _, site in Lua.ipairs(options.sites(settings)) do
  if site.type then
    Component(site.name)(site.type)
  else
    VirtualHost(site.name)
  end
  apply(site.options)
  if drop_ins[site.name] then
    local chunk, err = Lua.loadfile(drop_ins[site.name], "t", _ENV)
    if not chunk then
      Lua.error(err, 0)
    end
    chunk()
  end
end

for _, file in Lua.ipairs(files.extra(settings.values.PROSODY_EXTRA_CONFIG)) do
  Include(file)
end
