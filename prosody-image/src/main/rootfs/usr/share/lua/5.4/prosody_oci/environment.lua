-- Reads the variables of the image from the environment and from secret files.

local kinds = require "prosody_oci.kinds"
local variables = require "prosody_oci.variables"

local environment = {}

local function read_secret(path)
  local file, err = io.open(path)
  if not file then
    return nil, err
  end
  local text, read_err = file:read("a")
  file:close()
  if not text then
    return nil, path .. ": " .. read_err
  end
  -- An editor's or echo's line end is not part of the secret.
  return (text:gsub("\r?\n$", ""))
end

-- Returns the text of a variable, nil if it is unset or empty; or nil and what is wrong.
local function text_of(variable, getenv, secrets)
  local function get(name)
    local text = getenv(name)
    return text ~= nil and kinds.trim(text) ~= "" and text or nil
  end

  local text = get(variable.name)
  if not variable.secret then
    return text
  end
  local path = get(variable.name .. "_FILE")
  if path and text then
    return nil, ("both %s and %s_FILE are set; unset one"):format(variable.name, variable.name)
  end
  if path then
    local content, err = read_secret(path)
    if not content then
      return nil, "could not read the file that " .. variable.name .. "_FILE names: " .. err
    end
    if content == "" then
      return nil, ("%s, which %s_FILE names, is empty"):format(path, variable.name)
    end
    return content
  end
  return text or read_secret(secrets .. "/" .. variable.name)
end

-- Returns the values by the names of their variables, and a list of what is wrong. The kinds of secret variables show no text in their messages.
function environment.read(getenv)
  local secrets = getenv("CREDENTIALS_DIRECTORY") or "/run/secrets"
  local values, problems = {}, {}
  for _, variable in ipairs(variables) do
    if variable.name then
      local text, problem = text_of(variable, getenv, secrets)
      if not problem and text then
        values[variable.name], problem = kinds.value(text, variable)
      end
      if problem then
        problems[#problems + 1] = variable.name .. ": " .. problem
      end
    end
  end
  return values, problems
end

local function own_environment()
  local file = io.open("/proc/self/environ")
  local text = file and file:read("a") or ""
  if file then
    file:close()
  end
  return text
end

-- Returns the names that look as if they were meant for this image, but are not. What Kubernetes sets for a service of the name prosody
-- does not count. block: the environment as the kernel shows it; by default this process's own.
function environment.unknown(block)
  local known = { PROSODY_CONFIG = true }
  for _, variable in ipairs(variables) do
    if variable.name then
      known[variable.name] = true
      known[variable.name .. "_FILE"] = variable.secret
    end
  end
  local found = {}
  for entry in (block or own_environment()):gmatch("[^\0]+") do
    local name = entry:match("^(PROSODY_[^=]*)=")
    if name and not known[name] and not name:find("_SERVICE_") and not name:find("_PORT_") and not name:find("_PORT$") then
      found[#found + 1] = name
    end
  end
  table.sort(found)
  return found
end

return environment
