-- Times as LuaSec shows them: "Nov 24 09:05:00 2026 GMT".

local x509time = {}

local MONTHS = {
  Jan = 1, Feb = 2, Mar = 3, Apr = 4, May = 5, Jun = 6, Jul = 7, Aug = 8, Sep = 9, Oct = 10, Nov = 11, Dec = 12,
}

-- Days from 1970-01-01 to a day of the Gregorian calendar; years begin in March here, so that a leap day comes last.
local function days(year, month, day)
  if month <= 2 then
    year = year - 1
  end
  local day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
  return 365 * year + year // 4 - year // 100 + year // 400 + day_of_year - 719468
end

-- Returns seconds since 1970, or raises an error.
function x509time.parse(text)
  local name, day, hour, minute, second, year = text:match("^(%a%a%a) +(%d+) (%d%d):(%d%d):(%d%d) (%d+) GMT$")
  local month = MONTHS[name]
  if not month then
    error(("not the time of a certificate: %q"):format(text), 2)
  end
  return days(tonumber(year), month, tonumber(day)) * 86400 + hour * 3600 + minute * 60 + second | 0
end

return x509time
