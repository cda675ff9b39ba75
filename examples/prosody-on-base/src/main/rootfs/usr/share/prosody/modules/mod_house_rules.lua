-- Answers each message to the domain itself with the rules of the house.
local st = require "prosody.util.stanza";

local rules = module:get_option_string("house_rules", "Be kind to each other.");

module:hook("message/host", function (event)
	local message = event.stanza;
	if message.attr.type == "error" or not message:get_child("body") then
		return;
	end
	module:send(st.reply(message):text_tag("body", rules));
	return true;
end);
