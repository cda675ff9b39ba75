local resolver = require "prosody_oci.resolver"

-- Prosody's own resolver, each time anew.
local function fresh()
  return loadfile(assert(package.searchpath("net.dns", package.path)))("net.dns")
end

local function first(low)
  return low
end

local tests = {}

function tests.serverOf_entry_isAddressAndPort(check)
  check.equal({ resolver.server_of "192.0.2.53" }, { "192.0.2.53" })
  check.equal({ resolver.server_of "192.0.2.53@5353" }, { "192.0.2.53", 5353 })
  check.equal({ resolver.server_of "2001:db8::53@5353" }, { "2001:db8::53", 5353 })
end

function tests.namesOf_hostsFile_areThoseOfEachLine(check)
  local names = resolver.names_of "# none here\n192.0.2.1\tOne one.example # two.example\n\n::1 one\nbroken\n 192.0.2.2 one\r\n"
  check.equal(tostring(names.one.A), "One A 192.0.2.1\none A 192.0.2.2")
  check.equal(tostring(names.one.AAAA), "one AAAA ::1")
  check.equal(tostring(names["one.example"].A), "one.example A 192.0.2.1")
  check.equal(names["two.example"], nil)
  check.equal(names.broken, nil)
end

function tests.adapt_knownName_isAnsweredWithoutAServer(check)
  local dns = resolver.adapt(fresh(), nil, resolver.names_of "192.0.2.1 one.example", first)
  local own = dns.resolver()
  check.equal(own:peek("ONE.example.", "A")[1].a, "192.0.2.1")
  check.equal(own:peek("one.example", "AAAA"), {})
  check.equal(own:peek("one.example", "SRV"), nil)
  check.equal(own:peek("two.example", "A"), nil)
end

function tests.adapt_servers_areAskedInsteadOfThoseOfTheSystem(check)
  local dns = resolver.adapt(fresh(), { "192.0.2.53@5353", "2001:db8::53" }, {}, first)
  local own = dns.resolver()
  own:adddefaultnameservers()
  check.equal(own.server, { "192.0.2.53", "2001:db8::53" })

  local asked = {}
  own:socket_wrapper_set(function()
    return { setpeername = function(_, address, port) asked[#asked + 1] = address .. " " .. port end }
  end)
  own.socket_wrapper():setpeername("192.0.2.53", 53)
  own.socket_wrapper():setpeername("2001:db8::53", 53)
  check.equal(asked, { "192.0.2.53 5353", "2001:db8::53 53" })
end

function tests.prepare_queryIds_doNotFollowFromTheClock(check)
  resolver.prepare {}
  local dns = package.preload["net.dns"]()
  package.preload["net.dns"] = nil
  local function ids()
    math.randomseed(1)
    local found = {}
    for i = 1, 8 do
      found[i] = dns.random(0, 0xffff)
      check.equal(found[i] == math.tointeger(found[i]) and found[i] >= 0 and found[i] <= 0xffff, true)
    end
    return table.concat(found, " ")
  end
  check.equal(ids() ~= ids(), true)
end

return tests
