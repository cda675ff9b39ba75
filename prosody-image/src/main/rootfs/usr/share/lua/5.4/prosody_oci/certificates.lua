-- Chooses the certificates: of all that lie in the operator's folder, in whatever layout, the newest for each name that is valid and has its key.
-- Links to them are put into one folder for Prosody, which would otherwise take any that fits; what is missing is made here, self-signed.

local lfs = require "lfs"

local certificates = {}

local DATA = "/var/lib/prosody"
local LINKS = DATA .. "/certificates"
local OWN = DATA .. "/self-signed"
local DAYS = 3650
-- certbot's live/<host>/ in a folder of folders
local DEPTH = 4

local function read(path)
  local file, err = io.open(path)
  if not file then
    return nil, err
  end
  local text = file:read("a")
  file:close()
  return text or "", nil
end

-- host.crt + host.key, tls.crt + tls.key (Kubernetes), fullchain.pem + privkey.pem (certbot), cert.pem + key.pem
local function key_of(path)
  local folder, name = path:match("^(.*/)([^/]*)$")
  local key, count = name:gsub("%.crt$", ".key")
  if count == 0 then
    key, count = name:gsub("^fullchain(.*%.pem)$", "privkey%1")
  end
  return count > 0 and folder .. key or nil
end

-- Returns all pairs of certificate and key below a folder, as { certificate, key }, sorted.
function certificates.pairs_below(folder, depth)
  local found = {}
  local function walk(path, left)
    local ok, iterate, state = pcall(lfs.dir, path)
    if not ok then
      return
    end
    for name in iterate, state do
      -- Kubernetes keeps what it shows in hidden folders, whose names change.
      if name:sub(1, 1) ~= "." then
        local full = path .. "/" .. name
        local mode = lfs.attributes(full, "mode")
        if mode == "directory" and left > 1 then
          walk(full, left - 1)
        elseif mode == "file" then
          local key = key_of(full)
          if key and lfs.attributes(key, "mode") == "file" then
            found[#found + 1] = { certificate = full, key = key }
          end
        end
      end
    end
  end
  walk(folder, depth or DEPTH)
  table.sort(found, function(a, b) return a.certificate < b.certificate end)
  return found
end

-- Returns a pair with names and times, or nil and why it cannot be used.
local function inspect(pair)
  local ssl = require "ssl"
  local text, err = read(pair.certificate)
  if not text then
    return nil, err
  end
  local ok, certificate = pcall(ssl.loadcertificate, text)
  if not ok or not certificate then
    return nil, pair.certificate .. ": not a certificate in PEM"
  end
  local key_text, key_err = read(pair.key)
  if not key_text then
    return nil, key_err
  end
  local context, reason = ssl.newcontext { mode = "server", protocol = "any", certificate = pair.certificate, key = pair.key }
  if not context then
    return nil, ("%s does not go with %s: %s"):format(pair.key, pair.certificate, reason)
  end
  local names = {}
  for name in pairs(require "prosody.util.x509".get_identities(certificate)) do
    names[#names + 1] = name
  end
  table.sort(names)
  local parse = require "prosody_oci.x509time".parse
  return {
    certificate = pair.certificate,
    key = pair.key,
    names = names,
    from = parse(certificate:notbefore()),
    to = parse(certificate:notafter()),
  }
end

-- Whether one is to be preferred: valid now, then the younger one, then the one that lasts longer.
local function better(a, b, now)
  local valid_a, valid_b = now >= a.from and now < a.to, now >= b.from and now < b.to
  if valid_a ~= valid_b then
    return valid_a
  end
  if a.from ~= b.from then
    return a.from > b.from
  end
  return a.to > b.to
end

-- Returns the best usable pair for each name, and a list of what is wrong with the others.
function certificates.best(pairs_found, now, inspect_pair)
  local best, problems = {}, {}
  for _, pair in ipairs(pairs_found) do
    local candidate, problem = (inspect_pair or inspect)(pair)
    if not candidate then
      problems[#problems + 1] = problem
    else
      for _, name in ipairs(candidate.names) do
        if not best[name] or better(candidate, best[name], now) then
          best[name] = candidate
        end
      end
    end
  end
  return best, problems
end

-- Returns the pair for a host: its own, a wildcard's, or that of the host above it.
function certificates.choose(best, host)
  local name = host:lower()
  while name do
    local found = best[name] or best[name:gsub("^[^.]+%.", "*.")]
    if found then
      return found
    end
    name = name:match("^[^.]+%.(.+)$")
  end
  return nil
end

local function write_private(path, text)
  local temporary = path .. ".new"
  local file = assert(io.open(temporary, "w"))
  assert(file:write(text))
  assert(file:close())
  assert(os.rename(temporary, path))
end

-- Makes a pair for a host and the hosts below it.
local function make(host)
  local pposix = require "prosody.util.pposix"
  lfs.mkdir(OWN)
  local pair = { certificate = OWN .. "/" .. host .. ".crt", key = OWN .. "/" .. host .. ".key" }
  local name = require "prosody.util.encodings".idna.to_ascii(host) or host
  local certificate, key = require "selfsigned".generate(name, { name, "*." .. name }, DAYS)
  local mask = pposix.umask("077")
  write_private(pair.key, key)
  pposix.umask(mask)
  write_private(pair.certificate, certificate)
  return pair
end

local function link(pair, name)
  for suffix, target in pairs { [".key"] = pair.key, [".crt"] = pair.certificate } do
    local path = LINKS .. "/" .. name .. suffix
    os.remove(path)
    assert(lfs.link(target, path, true))
  end
end

-- Fills the folder of links, and returns what the log shall say about it.
local function fill(settings, folder)
  local report = { folder = folder, self_signed = {}, expired = {}, problems = {} }
  local best
  best, report.problems = certificates.best(certificates.pairs_below(folder), os.time())
  lfs.mkdir(LINKS)
  for name in lfs.dir(LINKS) do
    if name:find("%.crt$") or name:find("%.key$") then
      os.remove(LINKS .. "/" .. name)
    end
  end
  for name, pair in pairs(best) do
    link(pair, (name:gsub("^%*", "_")))
  end
  for _, host in ipairs(settings.hosts) do
    local found = certificates.choose(best, host)
    if found and os.time() >= found.to then
      report.expired[#report.expired + 1] = { host = host, certificate = found.certificate }
    elseif not found and settings.flag("PROSODY_SELF_SIGNED", true) then
      local own = inspect { certificate = OWN .. "/" .. host .. ".crt", key = OWN .. "/" .. host .. ".key" }
      link(own and os.time() < own.to and own or make(host), host)
      report.self_signed[#report.self_signed + 1] = host
    elseif not found then
      report.problems[#report.problems + 1] = "there is no certificate for " .. host
    end
  end
  return report
end

-- Returns the operator's folder of certificates.
function certificates.folder(values)
  local folder = values.PROSODY_CERTIFICATES or "certs"
  return folder:sub(1, 1) == "/" and folder or "/etc/prosody/" .. folder
end

-- Prepares the folder that Prosody shall look into, and returns it. Programs beside the server leave it as it is.
function certificates.prepare(settings, prosody)
  local folder = certificates.folder(settings.values)
  if prosody.process_type == "prosody" then
    settings.certificates = fill(settings, folder)
  elseif lfs.attributes(LINKS, "mode") ~= "directory" then
    return folder
  end
  return LINKS
end

-- Returns a text that is another one whenever a certificate or key of the operator's has changed, come or gone.
function certificates.fingerprint(settings)
  local parts = {}
  for _, pair in ipairs(certificates.pairs_below(certificates.folder(settings.values))) do
    parts[#parts + 1] = pair.certificate
    parts[#parts + 1] = read(pair.certificate) or ""
    parts[#parts + 1] = read(pair.key) or ""
  end
  return require "prosody.util.hashes".sha256(table.concat(parts, "\0"))
end

-- Whether every certificate of the operator's goes with its key.
function certificates.all_usable(settings)
  local _, problems = certificates.best(certificates.pairs_below(certificates.folder(settings.values)), os.time())
  return #problems == 0
end

return certificates
