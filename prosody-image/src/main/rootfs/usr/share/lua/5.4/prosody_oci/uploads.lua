-- Decides where the uploads of each component are served over HTTP, and under which other addresses they were before.
--
-- A component that belongs to a host is served under that host's name, which has a DNS record and a certificate anyway, however many hosts there
-- are: so that links stay valid when one is added. A name for all of them (PROSODY_HTTP_EXTERNAL_URL, PROSODY_NETWORK_HOSTNAME) takes precedence.
-- Where several components share a name, all but the first have a path of their own.

local uploads = {}

local TYPE = "http_file_share"
local PATH = "/file_share"

-- Returns the host that a component belongs to by its name, or nil.
function uploads.host_of(component, hosts)
  local found
  for _, host in ipairs(hosts) do
    local is_below = component:lower():sub(-#host - 1) == "." .. host:lower()
    if is_below and (not found or #host > #found) then
      found = host
    end
  end
  return found
end

-- Returns a list of { component, host, path }, in the order of the components; host is nil for a component that is served under its own name.
function uploads.places(settings)
  local places, taken = {}, {}
  for _, component in ipairs(settings.components) do
    if component.type == TYPE then
      local host = settings.http_host or uploads.host_of(component.name, settings.hosts)
      local name = (host or component.name):lower()
      places[#places + 1] = {
        component = component.name, host = host, path = taken[name] and PATH .. "/" .. component.name or PATH,
      }
      taken[name] = true
    end
  end
  return places
end

-- Returns what leads to each place besides its own address: a table of { host, path } by the name of a host.
function uploads.aliases(settings)
  local aliases = {}
  for _, place in ipairs(uploads.places(settings)) do
    if place.host then
      for _, name in ipairs { place.component, uploads.host_of(place.component, settings.hosts) } do
        name = name:lower()
        if name ~= place.host:lower() and not aliases[name] then
          aliases[name] = { host = place.host, path = place.path }
        end
      end
    end
  end
  return aliases
end

uploads.TYPE = TYPE
uploads.PATH = PATH

return uploads
