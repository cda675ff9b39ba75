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

-- The names under which programs leave a certificate, and that of its key beside it.
local LAYOUTS = {
  -- Prosody, Kubernetes (tls.crt)
  { certificate = "^(.+)%.crt$", key = "%1.key" },
  -- acme clients, certbot
  { certificate = "^fullchain(.*)%.pem$", key = "privkey%1.pem" },
}

-- Returns the kinds of what lies in a folder ("file", "directory"), by name, without what is hidden: Kubernetes keeps what it shows in hidden
-- folders, whose names change.
local function contents(folder)
  local kinds = {}
  local readable, names, state = pcall(lfs.dir, folder)
  if readable then
    for name in names, state do
      if not name:find("^%.") then
        kinds[name] = lfs.attributes(folder .. "/" .. name, "mode")
      end
    end
  end
  return kinds
end

-- Returns all pairs of certificate and key below a folder, as { certificate, key }, sorted.
function certificates.pairs_below(root)
  local found = {}
  local level = { root }
  for _ = 1, DEPTH do
    local below = {}
    for _, folder in ipairs(level) do
      local kinds = contents(folder)
      for name, kind in pairs(kinds) do
        if kind == "directory" then
          below[#below + 1] = folder .. "/" .. name
        end
        for _, layout in ipairs(kind == "file" and LAYOUTS or {}) do
          local key, fits = name:gsub(layout.certificate, layout.key)
          if fits == 1 and kinds[key] == "file" then
            found[#found + 1] = { certificate = folder .. "/" .. name, key = folder .. "/" .. key }
          end
        end
      end
    end
    level = below
  end
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
