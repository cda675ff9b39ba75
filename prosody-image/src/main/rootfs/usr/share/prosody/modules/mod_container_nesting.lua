-- Refuses stanzas whose elements are nested deeper than any storage takes: each of them would end in a traceback.

module:set_global()

local filters = require "prosody.util.filters"
local st = require "prosody.util.stanza"

local MAX_DEPTH = 64

local function is_deeper(element, levels)
  if levels == 0 then
    return true
  end
  for _, child in ipairs(element.tags) do
    if is_deeper(child, levels - 1) then
      return true
    end
  end
  return false
end

local function check(stanza, session)
  if not st.is_stanza(stanza) or not is_deeper(stanza, MAX_DEPTH) then
    return stanza
  end
  session.log("info", "Refused a stanza with more than %d levels of elements", MAX_DEPTH)
  local kind = stanza.attr.type
  if stanza.attr.xmlns == nil and kind ~= "error" and kind ~= "result" and session.send then
    session.send(st.error_reply(stanza, "modify", "policy-violation", ("More than %d levels of elements"):format(MAX_DEPTH)))
  end
  return nil
end

local function watch(session)
  -- After stream management (XEP-0198) has counted it: a client counts it as sent.
  filters.add_filter(session, "stanzas/in", check, -2000)
end

function module.load()
  filters.add_filter_hook(watch)
end

function module.unload()
  filters.remove_filter_hook(watch)
end
