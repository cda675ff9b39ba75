-- Prints the tables of variables of docs/configuration.md, from the one list of them.

local kinds = require "prosody_oci.kinds"
local variables = require "prosody_oci.variables"

local function words_of(variable)
  if variable.choices then
    return "`" .. table.concat(variable.choices, "`, `") .. "`"
  end
  return kinds[variable.kind].words
end

for _, variable in ipairs(variables) do
  if variable.group then
    print(("\n### %s\n\n| Variable | Value | Default | Meaning |\n|---|---|---|---|"):format(variable.group))
  else
    print(("| `%s`%s%s | %s | %s | %s |"):format(
      variable.name, variable.official and "" or " ⁺", variable.secret and " 🔑" or "", words_of(variable),
      variable.default or "", variable.meaning))
  end
end
