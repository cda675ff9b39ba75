-- What other processes do to the server's database: lua5.4 sqlite.lua lock|twice

local sqlite = require "lsqlite3"

local FOLDER = "/var/lib/prosody/"
-- Less than the server waits for, and more than the test takes to make it write.
local LOCKED_SECONDS = 0.5

local actions = {}

function actions.lock(db)
  assert(db:exec("BEGIN IMMEDIATE;") == sqlite.OK)
  assert(io.open(FOLDER .. "locked", "w")):close()
  require "socket".sleep(LOCKED_SECONDS)
  assert(db:exec("COMMIT;") == sqlite.OK)
end

-- A table of earlier versions, with an entry that is there twice.
function actions.twice(db)
  assert(db:exec([[
    CREATE TABLE "prosody" ("host" TEXT NOT NULL, "user" TEXT NOT NULL, "store" TEXT NOT NULL, "key" TEXT NOT NULL,
      "type" TEXT NOT NULL, "value" TEXT NOT NULL);
    INSERT INTO "prosody" VALUES ('example.test', 'old', 'private', 'a', 'string', 'b');
    INSERT INTO "prosody" VALUES ('example.test', 'old', 'private', 'a', 'string', 'b');
  ]]) == sqlite.OK)
end

local db = assert(sqlite.open(FOLDER .. "prosody.sqlite"))
-- The server may be writing at this very moment.
db:busy_timeout(5000)
actions[arg[1]](db)
db:close()
