-- Collects garbage by generations, which halves the cost of messages and log-ins for a fifth more memory while many are connected; the option `gc`
-- takes precedence. What is old is looked at only when memory grows: what a crowd leaves behind is given back here.

module:set_global()

local PERIOD = 10
-- A full collection stops the server for as long as it takes to visit everything: worth it only where much has gone.
local LEFT = 0.75

local most = 0

local function count()
  local sessions = 0
  for _ in pairs(module:shared("/*/c2s/sessions")) do
    sessions = sessions + 1
  end
  return sessions
end

module:hook("server-started", function()
  -- Not before: what the start leaves behind would count as old.
  collectgarbage()
  if not module:get_option("gc") then
    collectgarbage("generational")
  end
  module:add_timer(PERIOD, function()
    local now = count()
    if now < most * LEFT then
      collectgarbage()
      most = now
    end
    most = math.max(most, now)
    return PERIOD
  end)
end)
