-- Chooses the certificates: of all that lie in the operator's folder, in whatever layout, the newest for each name that is valid and has its key.
-- Links to them are put into one folder for Prosody, which would otherwise take any that fits; what is missing is made here, self-signed.

local lfs = require "lfs"
local certificate_files = require "prosody_oci.certificate_files"

local certificates = {}

local DATA = "/var/lib/prosody"
local LINKS = DATA .. "/certificates"
local OWN = DATA .. "/self-signed"
local DAYS = 3650

-- Returns a pair with names and times, or nil and why it cannot be used.
local function inspect(pair)
  local ssl = require "ssl"
  local text, err = certificate_files.read(pair.certificate)
  if not text then
    return nil, err
  end
  local ok, certificate = pcall(ssl.loadcertificate, text)
  if not ok or not certificate then
    return nil, pair.certificate .. ": not a certificate in PEM"
  end
  local key_text, key_err = certificate_files.read(pair.key)
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

-- Returns the names of certificates that serve a host, the best first: its own, a wildcard's, then likewise for the host above it.
local function names_for(host)
  local names = {}
  for dot in ("." .. host:lower()):gmatch("()%.") do
    local name = host:lower():sub(dot)
    names[#names + 1] = name
    local above = name:match("%.(.*)")
    names[#names + 1] = above and "*." .. above
  end
  return names
end

-- Returns the pair for a host, or nil.
function certificates.choose(best, host)
  for _, name in ipairs(names_for(host)) do
    if best[name] then
      return best[name]
    end
  end
  return nil
end

-- Components that other servers never connect to: they are for users of this server.
local LOCAL_TYPES = { http_file_share = true, proxy65 = true }

-- Returns the components that the certificate of the host above them would be shown for, though it does not name them: { component, certificate }.
function certificates.uncovered(best, settings)
  local found = {}
  for _, list in ipairs { settings.components, settings.external } do
    for _, component in ipairs(list) do
      local name = component.name:lower()
      local pair = certificates.choose(best, name)
      local above = name:match("%.(.*)")
      if pair and pair ~= best[name] and pair ~= best["*." .. tostring(above)] and not LOCAL_TYPES[component.type] then
        found[#found + 1] = { component = component.name, certificate = pair.certificate }
      end
    end
  end
  return found
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
  local report = { folder = folder, self_signed = {}, expired = {}, uncovered = {} }
  local found_pairs, unreadable = certificate_files.pairs_below(folder)
  local best, missing
  best, report.problems = certificates.best(found_pairs, os.time())
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
      missing = true
      report.problems[#report.problems + 1] = "there is no certificate for " .. host
    end
  end
  -- certbot has closed folders of its own, which do not matter where certificates are found.
  if #report.self_signed > 0 or missing then
    table.move(unreadable, 1, #unreadable, #report.problems + 1, report.problems)
  end
  report.uncovered = certificates.uncovered(best, settings)
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
  for _, pair in ipairs((certificate_files.pairs_below(certificates.folder(settings.values)))) do
    parts[#parts + 1] = pair.certificate
    parts[#parts + 1] = certificate_files.read(pair.certificate) or ""
    parts[#parts + 1] = certificate_files.read(pair.key) or ""
  end
  return require "prosody.util.hashes".sha256(table.concat(parts, "\0"))
end

-- Whether every certificate of the operator's goes with its key.
function certificates.all_usable(settings)
  local _, problems = certificates.best((certificate_files.pairs_below(certificates.folder(settings.values))), os.time())
  return #problems == 0
end

return certificates
