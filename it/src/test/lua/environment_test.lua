local environment = require "prosody_oci.environment"

local function read(variables)
  return environment.read(function(name) return variables[name] end)
end

local function file(text)
  local path = os.tmpname()
  local handle = assert(io.open(path, "w"))
  handle:write(text)
  handle:close()
  return path
end

local tests = {}

function tests.read_emptyOrBlank_isAsIfNotSet(check)
  local values, problems = read { PROSODY_ADMINS = "", PROSODY_SQL_DRIVER = " ", PROSODY_RETENTION_DAYS = "" }
  check.equal(values, {})
  check.equal(problems, {})
end

function tests.read_badValues_areAllReportedByName(check)
  local _, problems = read { PROSODY_LOGLEVEL = "loud", PROSODY_TURN_PORT = "x" }
  check.equal(problems, {
    'PROSODY_TURN_PORT: expected a port from 1 to 65535, found "x"',
    'PROSODY_LOGLEVEL: expected one of debug, info, warn, error; found "loud"',
  })
end

function tests.read_secretInFile_isItsTextWithoutLineEnd(check)
  local values = read { PASSWORD_FILE = file("s3cret \n") }
  check.equal(values.PASSWORD, "s3cret ")
end

function tests.read_secretAmongSecrets_isFound(check)
  local folder = os.tmpname()
  os.remove(folder)
  assert(require "lfs".mkdir(folder))
  local handle = assert(io.open(folder .. "/PROSODY_SQL_PASSWORD", "w"))
  handle:write("deep\n")
  handle:close()
  local values = read { CREDENTIALS_DIRECTORY = folder }
  check.equal(values.PROSODY_SQL_PASSWORD, "deep")
  check.equal(values.PASSWORD, nil)
end

function tests.read_bothVariableAndFile_isRefused(check)
  local _, problems = read { PASSWORD = "a", PASSWORD_FILE = file("b") }
  check.equal(#problems, 1)
  check.contains(problems[1], "PASSWORD_FILE")
end

function tests.read_fileMissingOrEmpty_isRefusedByName(check)
  local _, problems = read { PROSODY_TURN_SECRET_FILE = "/nowhere", PASSWORD_FILE = file("\n") }
  check.equal(#problems, 2)
  check.contains(problems[1], "PASSWORD: ")
  check.contains(problems[2], "PROSODY_TURN_SECRET: could not read the file that PROSODY_TURN_SECRET_FILE names: /nowhere")
end

function tests.read_badSecret_isNotShown(check)
  local _, problems = read { PROSODY_EXTERNAL_COMPONENTS = "a b:hunter2", PROSODY_ACCOUNTS = "alice:hunter2" }
  check.equal(#problems, 2)
  check.equal(table.concat(problems):find("hunter2", 1, true), nil)
end

function tests.read_fileOfVariableThatIsNoSecret_isIgnored(check)
  local values = read { PROSODY_ADMINS_FILE = file("a@b") }
  check.equal(values, {})
end

function tests.unknown_misspelt_isNamed(check)
  local block = "PATH=/bin\0PROSODY_VIRTUALHOSTS=a\0PROSODY_ADMINS=b\0PASSWORD_FILE=x\0MY_PROSODY_X=PROSODY_Y=1\0"
  check.equal(environment.unknown(block), { "PROSODY_VIRTUALHOSTS" })
end

function tests.unknown_ofKubernetesService_doesNotCount(check)
  local block = "PROSODY_PORT=tcp://10.0.0.1:5222\0PROSODY_SERVICE_HOST=10.0.0.1\0PROSODY_PORT_5222_TCP_ADDR=10.0.0.1\0"
  check.equal(environment.unknown(block), {})
end

return tests
