-- Deletes what a user has uploaded, together with the account. Prosody keeps it until it expires, which may be never.

module:set_global()

local datamanager = require "prosody.core.storagemanager".olddm
local storagemanager = require "prosody.core.storagemanager"
local modulemanager = require "prosody.core.modulemanager"

local MODULE = "http_file_share"

local function delete_uploads(component, address)
  local store, err = storagemanager.open(component, "uploads", "archive")
  local uploads = store
  if store then
    uploads, err = store:find(nil, { with = address })
  end
  if not uploads then
    module:log("error", "The uploads of %s to %s could not be listed: %s", address, component, err)
    return
  end
  local slots = {}
  for slot in uploads do
    local file = datamanager.getpath(slot, component, MODULE, "bin")
    os.remove(file)
    slots[#slots + 1] = slot
  end
  if #slots > 0 then
    -- How much room is left is counted anew by a weekly task of mod_http_file_share.
    store:delete(nil, { ids = slots })
    module:log("info", "Deleted %d uploads of %s", #slots, address)
  end
end

module:hook("user-deleted", function(event)
  for host in pairs(prosody.hosts) do
    if modulemanager.is_loaded(host, MODULE) then
      delete_uploads(host, event.username .. "@" .. event.host)
    end
  end
end)
