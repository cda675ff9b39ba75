-- Every variable that the image reads: the one place that knows them. docs/configuration.md is generated from this list, in its order.
--
-- kind      what may stand there; see prosody_oci.kinds
-- choices   the words of a choice
-- default   in words, if there is one that the configuration does not share with Prosody
-- secret    also read from the file that NAME_FILE names, or from the file NAME in /run/secrets
-- official  the official image has it too, with this meaning
return {
  { group = "Hosts and accounts" },
  {
    name = "PROSODY_VIRTUAL_HOSTS", kind = "hosts", official = true, default = "the container's host name",
    meaning = "Domains that the server serves.",
  },
  {
    name = "PROSODY_ADMINS", kind = "jids", official = true,
    meaning = "Addresses of those who may administer the server.",
  },
  {
    name = "LOCAL", kind = "text", official = true,
    meaning = "User name of an account that is made at start, unless it exists. Goes with `DOMAIN` and `PASSWORD`.",
  },
  { name = "DOMAIN", kind = "host", official = true, meaning = "Domain of that account." },
  { name = "PASSWORD", kind = "text", secret = true, official = true, meaning = "Password of that account." },
  {
    name = "PROSODY_ACCOUNTS", kind = "accounts", secret = true,
    meaning = "More accounts made at start unless they exist: `user@example.org:password`, one per line.",
  },
  {
    name = "PROSODY_PASSWORD_HASH", kind = "choice", choices = { "SHA-256", "SHA-1" }, default = "SHA-256",
    meaning = "How passwords are kept, and so which SCRAM clients may use. Accounts made with one cannot log in with the other:"
      .. " after a move from an image that kept SHA-1, either set `SHA-1` or give new passwords.",
  },
  {
    name = "PROSODY_INVITES_PAGE", kind = "flag", default = "on",
    meaning = "Invitations are links to a web page on port 5281, which names apps to install and can create the account. Off: `xmpp:` links,"
      .. " which only an app can open.",
  },

  { group = "Network and TLS" },
  {
    name = "PROSODY_CERTIFICATES", kind = "text", official = true, default = "`certs`",
    meaning = "Folder of certificates, seen from `/etc/prosody`.",
  },
  {
    name = "PROSODY_CA_FILE", kind = "file",
    meaning = "File of certificates, in PEM, of authorities that other servers' certificates may come from, beside the usual ones.",
  },
  {
    name = "PROSODY_SELF_SIGNED", kind = "flag", default = "on",
    meaning = "Makes a certificate for each host that has none, and warns. Off: such a host refuses clients.",
  },
  {
    name = "PROSODY_S2S_SECURE_AUTH", kind = "flag", official = true, default = "on",
    meaning = "Other servers must show a trusted certificate.",
  },
  {
    name = "PROSODY_USE_DANE", kind = "flag", official = true, default = "off",
    meaning = "Other servers may be trusted by DNSSEC and DANE. Needs an image with libunbound, which this one leaves out: see"
      .. " [operating.md](operating.md#dane).",
  },
  {
    name = "PROSODY_DNS_RESOLVERS", kind = "list", official = true, default = "those of `/etc/resolv.conf`",
    meaning = "Addresses of DNS servers to ask, as `192.0.2.53`, or `192.0.2.53@5353` for another port.",
  },
  {
    name = "PROSODY_NETWORK_HOSTNAME", kind = "host", official = true, default = "the domain, if there is just one",
    meaning = "Name under which clients reach the server over HTTP, TURN and proxy65.",
  },
  {
    name = "PROSODY_HTTP_EXTERNAL_URL", kind = "url",
    meaning = "Address under which a reverse proxy shows the HTTP services, such as `https://xmpp.example.org/`.",
  },
  {
    name = "PROSODY_TRUSTED_PROXIES", kind = "list", default = "`127.0.0.1,::1`",
    meaning = "Addresses and networks of reverse proxies, whose `X-Forwarded-For` is believed.",
  },
  {
    name = "PROSODY_C2S_RATE_LIMIT", kind = "rate", official = true, default = "`10kb/s`",
    meaning = "What a client may send.",
  },
  {
    name = "PROSODY_S2S_RATE_LIMIT", kind = "rate", official = true, default = "`30kb/s`",
    meaning = "What another server may send.",
  },
  {
    name = "PROSODY_MAX_CONNECTIONS_PER_IP", kind = "count", default = "no limit",
    meaning = "How many connections clients may have from one address at a time, and as many other servers. A /64 of IPv6 counts as one"
      .. " address. Leave it unset where all connections come from one address, such as a TCP proxy's.",
  },

  { group = "Modules and components" },
  {
    name = "PROSODY_ENABLE_MODULES", kind = "list", official = true,
    meaning = "Modules to load beside the usual ones.",
  },
  {
    name = "PROSODY_DISABLE_MODULES", kind = "list", official = true,
    meaning = "Modules not to load.",
  },
  {
    name = "PROSODY_PLUGIN_PATHS", kind = "list", official = true,
    default = "`/usr/lib/prosody/modules,/etc/prosody/modules`",
    meaning = "Folders of modules beside Prosody's own.",
  },
  {
    name = "PROSODY_COMPONENTS", kind = "components", official = true,
    default = "`conference.<host>:muc`, `upload.<host>:http_file_share` and `proxy.<host>:proxy65` for each host",
    meaning = "Components as `name:type`. `off`: none.",
  },
  {
    name = "PROSODY_MUC_MODULES", kind = "list", official = true, default = "`muc_mam`",
    meaning = "Modules of each component of type `muc`.",
  },
  {
    name = "PROSODY_MUC_CREATION", kind = "choice", choices = { "local", "admins", "all" }, default = "local",
    meaning = "Who may create rooms: users of the server, its administrators, anybody.",
  },
  {
    name = "PROSODY_MUC_PERSISTENT", kind = "flag", default = "off",
    meaning = "New rooms remain when the last occupant leaves, unless their owner chooses otherwise.",
  },
  {
    name = "PROSODY_MUC_PUBLIC", kind = "flag", default = "off",
    meaning = "New rooms are listed, unless their owner chooses otherwise.",
  },
  {
    name = "PROSODY_EXTERNAL_COMPONENTS", kind = "external", secret = true, official = true,
    meaning = "Components that connect to port 5347, as `name:secret`, or as `name` with `PROSODY_COMPONENT_SECRET`.",
  },
  {
    name = "PROSODY_COMPONENT_SECRET", kind = "text", secret = true, official = true,
    meaning = "Secret of external components that have none of their own.",
  },
  {
    name = "PROSODY_TURN_SECRET", kind = "text", secret = true, official = true,
    meaning = "Secret shared with a TURN server; switches audio and video calls on.",
  },
  {
    name = "PROSODY_TURN_HOST", kind = "host", official = true, default = "`PROSODY_NETWORK_HOSTNAME`",
    meaning = "The TURN server.",
  },
  { name = "PROSODY_TURN_PORT", kind = "port", official = true, default = "3478", meaning = "Its port." },
  { name = "PROSODY_TURN_TLS_PORT", kind = "port", official = true, meaning = "Its port for TLS." },

  { group = "Storage" },
  {
    name = "PROSODY_STORAGE", kind = "choice", choices = { "internal", "sql", "memory" }, official = true,
    default = "internal", meaning = "Where data is kept: files, a database, nowhere.",
  },
  {
    name = "PROSODY_SQL_DRIVER", kind = "choice", choices = { "SQLite3", "PostgreSQL", "MySQL" }, official = true,
    default = "SQLite3",
    meaning = "Database; setting it switches `PROSODY_STORAGE` to `sql`. PostgreSQL and MySQL need LuaDBI, which this image does"
      .. " not hold.",
  },
  {
    name = "PROSODY_SQL_DB", kind = "text", official = true, default = "`prosody.sqlite`, in the data folder",
    meaning = "Name of the database; a file for SQLite3.",
  },
  { name = "PROSODY_SQL_HOST", kind = "host", official = true, meaning = "Host of the database." },
  { name = "PROSODY_SQL_PORT", kind = "port", meaning = "Port of the database." },
  { name = "PROSODY_SQL_USERNAME", kind = "text", official = true, meaning = "User of the database." },
  { name = "PROSODY_SQL_PASSWORD", kind = "text", secret = true, official = true, meaning = "Password of that user." },
  {
    name = "PROSODY_RETENTION_DAYS", kind = "days", official = true,
    meaning = "How long messages and uploads are kept, where the two below do not say.",
  },
  {
    name = "PROSODY_ARCHIVE_EXPIRY_DAYS", kind = "days", official = true, default = "`PROSODY_RETENTION_DAYS`, or 7",
    meaning = "How long messages are kept, of users and of rooms.",
  },
  {
    name = "PROSODY_UPLOAD_EXPIRY_DAYS", kind = "days", official = true, default = "`PROSODY_RETENTION_DAYS`, or 7",
    meaning = "How long uploads are kept.",
  },
  {
    name = "PROSODY_UPLOAD_LIMIT_MB", kind = "size", official = true, default = "10",
    meaning = "How large an upload may be, in MiB.",
  },
  {
    name = "PROSODY_UPLOAD_STORAGE_GB", kind = "quota", official = true, default = "10",
    meaning = "How much all uploads may take, in GiB. `off`: no limit.",
  },

  { group = "Operation" },
  {
    name = "PROSODY_LOGLEVEL", kind = "choice", choices = { "debug", "info", "warn", "error" }, official = true,
    default = "info", meaning = "The least severe messages that are logged.",
  },
  {
    name = "PROSODY_LOG_FORMAT", kind = "choice", choices = { "text", "json" }, default = "text",
    meaning = "`json`: a JSON object per line, with `time`, `level`, `source` and `message`.",
  },
  { name = "PROSODY_LOG_TIMESTAMPS", kind = "flag", default = "off", meaning = "Puts the time before each line of text." },
  {
    name = "PROSODY_STATISTICS", kind = "choice", choices = { "internal", "statsd" }, official = true, default = "off",
    meaning = "`internal`: statistics, shown under `/metrics` on port 5280. `statsd`: sent to `statsd_server`, set in a drop-in.",
  },
  {
    name = "PROSODY_STATISTICS_INTERVAL", kind = "interval", official = true, default = "60",
    meaning = "Seconds between two samples, or `manual`.",
  },
  {
    name = "PROSODY_METRICS_CIDR", kind = "network", default = "this container only",
    meaning = "Network that may read `/metrics`, such as `10.0.0.0/8`.",
  },
  {
    name = "PROSODY_HEALTH_PORT", kind = "port", default = "off",
    meaning = "Answers `GET /health` on this port, for probes from outside.",
  },
  {
    name = "PROSODY_EXTRA_CONFIG", kind = "path", official = true, default = "`/etc/prosody/conf.d/*.cfg.lua`",
    meaning = "Files of configuration, read last, in the order of their names. Each begins with global options. `off`: none.",
  },
}
