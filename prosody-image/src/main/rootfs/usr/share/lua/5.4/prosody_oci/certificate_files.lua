-- Finds pairs of certificate and key below a folder, in whatever layout, and says which files and folders the server's user may not read.

local lfs = require "lfs"
local identity = require "prosody_oci.identity"

local certificate_files = {}

-- certbot's live/<host>/ in a folder of folders
local DEPTH = 4
local ENOENT, EACCES = 2, 13

-- The names under which programs leave a certificate, and that of its key beside it.
local LAYOUTS = {
  -- Prosody, Kubernetes (tls.crt)
  { certificate = "^(.+)%.crt$", key = "%1.key" },
  -- acme clients, certbot
  { certificate = "^fullchain(.*)%.pem$", key = "privkey%1.pem" },
}

-- Returns what to say of a file or folder that the server's user may not read: its mode and owner, and what to do.
local function denied(path)
  local found = lfs.attributes(path)
  local facts = found and ("mode %s, owner %d:%d"):format(found.permissions, found.uid, found.gid) or "a folder above it is closed"
  return ("%s: permission denied (%s) for %s. Let a deploy hook copy certificate and key for that user, or run the container with --user 100:0 and"
    .. " give group 0 access"):format(path, facts, identity.text())
end

-- Returns the text of a file, or nil and why it cannot be read.
function certificate_files.read(path)
  local file, err, number = io.open(path)
  if not file then
    return nil, number == EACCES and denied(path) or err
  end
  local text = file:read("a")
  file:close()
  return text or "", nil
end

-- Returns the kinds of what lies in a folder ("file", "directory"), by name, without what is hidden: Kubernetes keeps what it shows in hidden
-- folders, whose names change. Adds what cannot be read to the problems.
local function contents(folder, problems)
  local kinds = {}
  local readable, names, state = pcall(lfs.dir, folder)
  if not readable then
    local _, _, number = lfs.attributes(folder)
    -- Without a folder there are no certificates, which is no fault.
    if number ~= ENOENT then
      problems[#problems + 1] = denied(folder)
    end
    return kinds
  end
  for name in names, state do
    if not name:find("^%.") then
      local path = folder .. "/" .. name
      local kind, _, number = lfs.attributes(path, "mode")
      kinds[name] = kind
      if number == EACCES then
        problems[#problems + 1] = denied(path)
      end
    end
  end
  return kinds
end

-- Returns all pairs of certificate and key below a folder, as { certificate, key }, sorted, and a list of what could not be read.
function certificate_files.pairs_below(root)
  local found, problems = {}, {}
  local level = { root }
  for _ = 1, DEPTH do
    local below = {}
    for _, folder in ipairs(level) do
      local kinds = contents(folder, problems)
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
  table.sort(problems)
  return found, problems
end

return certificate_files
