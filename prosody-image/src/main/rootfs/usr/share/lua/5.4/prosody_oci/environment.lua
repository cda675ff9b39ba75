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
  if variable.kind ~= "text" and text then
    text = kinds.trim(text)
  end
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

-- Returns the values by the names of their variables, and a list of what is wrong: no line of it holds a secret.
function environment.read(getenv)
  local secrets = getenv("CREDENTIALS_DIRECTORY") or "/run/secrets"
  local values, problems = {}, {}
  for _, variable in ipairs(variables) do
    if variable.name then
      local text, problem = text_of(variable, getenv, secrets)
      if not problem and text then
        local value
        value, problem = kinds[variable.kind][2](text, variable)
        values[variable.name] = value
        if problem and variable.secret then
          problem = problem:gsub("; found .*", ""):gsub(", found .*", "")
        end
      end
      if problem then
        problems[#problems + 1] = variable.name .. ": " .. problem
      end
    end
  end
  return values, problems
end

return environment
