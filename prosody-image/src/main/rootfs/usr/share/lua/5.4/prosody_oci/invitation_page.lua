-- The pages behind an invitation's link: plain HTML in a single file, without scripts, for any browser.

local escape = require "prosody.util.stanza".xml_escape

local page = {}

page.STYLE = [[
:root{color-scheme:light dark;--ink:#1c2430;--soft:#56606e;--paper:#fff;--ground:#f2f4f7;--line:#c6ccd4;--accent:#0b5cad;--on-accent:#fff;--bad:#a1201a}
@media(prefers-color-scheme:dark){:root{--ink:#e7ebf0;--soft:#a7b0bc;--paper:#1b212a;--ground:#11151b;--line:#465060;--accent:#7db7f5;--on-accent:#0b1420;--bad:#ff9c94}}
*{box-sizing:border-box}
body{margin:0;padding:1rem;background:var(--ground);color:var(--ink);font:1rem/1.5 system-ui,sans-serif}
main{max-width:36rem;margin:1rem auto;padding:1.5rem;background:var(--paper);border:1px solid var(--line);border-radius:.75rem;overflow-wrap:anywhere}
h1{margin:0 0 .5rem;font-size:1.5rem;line-height:1.25}
h2{margin:1.75rem 0 .25rem;font-size:1.1rem}
p,ul{margin:.5rem 0}
ul{padding-left:1.25rem}
a{color:var(--accent)}
.button,button{display:block;width:100%;padding:.7rem 1rem;border:0;border-radius:.5rem;background:var(--accent);color:var(--on-accent);font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
form{display:grid;gap:.25rem;margin-top:.75rem}
input{width:100%;margin-bottom:.5rem;padding:.6rem;border:1px solid var(--soft);border-radius:.5rem;background:var(--paper);color:var(--ink);font:inherit}
.name{display:flex;align-items:baseline;gap:.4rem}
.name input{flex:1 1 8rem;min-width:0}
.name span{max-width:50%}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.soft{color:var(--soft);font-size:.9rem}
.bad{padding:.6rem .8rem;border:1px solid var(--bad);border-radius:.5rem;color:var(--bad)}
]]

local DOCUMENT = [[
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>%s</title>
<style>%s</style>
</head>
<body>
<main>
<h1>%s</h1>
%s</main>
</body>
</html>
]]

local APPS = [[
<ul>
<li>Android: <a href="https://conversations.im/" rel="noreferrer">Conversations</a></li>
<li>iPhone, iPad, Mac: <a href="https://monal-im.org/" rel="noreferrer">Monal</a></li>
<li>Windows, Linux: <a href="https://gajim.org/" rel="noreferrer">Gajim</a>; Linux: <a href="https://dino.im/" rel="noreferrer">Dino</a></li>
</ul>
]]

-- Returns a template with each value in place of a %s, escaped.
local function fill(template, ...)
  local values = table.pack(...)
  for i = 1, values.n do
    values[i] = escape(values[i])
  end
  return template:format(table.unpack(values, 1, values.n))
end

local function document(title, content)
  title = escape(title)
  return DOCUMENT:format(title, page.STYLE, title, content)
end

local function problem_of(view)
  return view.problem and fill('<p class="bad" role="alert">%s</p>\n', view.problem) or ""
end

local function name_field(view)
  if view.username then
    -- Password managers keep a password together with the name that is in the form.
    return fill([[
<label for="username">Address</label>
<input id="username" name="username" value="%s" autocomplete="username" readonly>
]], view.username .. "@" .. view.host)
  end
  return fill([[
<label for="username">User name</label>
<div class="name"><input id="username" name="username" value="%s" required autocomplete="username" autocapitalize="none" spellcheck="false"><span>@%s</span></div>
]], view.entered or "", view.host)
end

local function form(view, button)
  return '<form method="post">\n' .. name_field(view) .. fill([[
<label for="password">Password, %s characters or more</label>
<input id="password" name="password" type="password" required minlength="%s" autocomplete="new-password">
<label for="again">The same password again</label>
<input id="again" name="again" type="password" required minlength="%s" autocomplete="new-password">
<button>%s</button>
</form>
]], view.shortest, view.shortest, view.shortest, button)
end

local function expiry(view)
  return fill('<p class="soft">Valid until %s, for %s.</p>\n', os.date("!%Y-%m-%d %H:%M UTC", view.expires),
    view.reusable and "any number of accounts" or "one account")
end

-- Returns the page of an invitation that is valid: { host, uri, expires, shortest } and, if any, the username that it is for, who invites
-- (inviter), whether it is good for several accounts (reusable), the user name that was entered, and the problem with what was sent.
function page.invitation(view)
  local who = view.inviter and fill("<p>%s invites you to chat and will be your first contact.</p>\n", view.inviter) or ""
  return document("Invitation to " .. view.host, fill([[
<p>%s is a server for chat and calls. It speaks XMPP, so you can also talk to people on other XMPP servers.</p>
]], view.host) .. who .. problem_of(view) .. [[
<h2>1. Install an app</h2>
]] .. APPS .. fill([[
<h2>2. Create your account</h2>
<p>Once the app is installed, open the invitation in it:</p>
<a class="button" href="%s">Open in the app</a>
<h2>Or create the account here</h2>
<p>Then log in with any app.</p>
]], view.uri) .. form(view, "Create account") .. expiry(view))
end

-- Returns the page of a password reset that is valid, of the same view.
function page.reset(view)
  return document("A new password", problem_of(view) .. fill([[
<p>The new password of %s. Apps that use the old one will be logged out.</p>
]], view.username .. "@" .. view.host) .. form(view, "Set the password")
    .. fill('<p class="soft">Valid until %s.</p>\n', os.date("!%Y-%m-%d %H:%M UTC", view.expires)))
end

-- Returns the page of an account that was just created.
function page.created(address)
  return document("Your account is ready", fill([[
<p>Its address is <strong>%s</strong>. Log in with this address and your password.</p>
<h2>Apps</h2>
]], address) .. APPS)
end

-- Returns the page of a password that was just set.
function page.changed(address)
  return document("The password was changed", fill("<p>Log in as <strong>%s</strong> with the new password.</p>\n", address))
end

-- Returns a page that says what is wrong, and what to do.
function page.refusal(title, advice)
  return document(title, fill("<p>%s</p>\n", advice))
end

return page
