package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.Volume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jivesoftware.smack.sasl.SASLErrorException;
import org.junit.jupiter.api.Test;

/** A database of SQLite that others use too, or that is older than the image. */
class SqliteIT {

  private static final String DOMAIN = ProsodyImage.DOMAIN;
  private static final String PASSWORD = "wonderland";
  private static final Duration LIMIT = Duration.ofSeconds(10);

  @Test
  void sqlite_lockedByAnotherProcess_isWaitedFor() throws Exception {
    Volume data = Volume.create();
    try (Container sql = sqlite(data)) {
      try (RawStream alice = RawStream.login(sql, "alice", PASSWORD)) {
        sql.execInBackground("lua5.4", "/opt/sqlite.lua", "lock");
        Path locked = data.folder().resolve("locked");
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!Files.exists(locked)) {
          assertThat(System.nanoTime()).isLessThan(end);
          Thread.sleep(5);
        }

        assertThat(
                alice.get(
                    "set",
                    DOMAIN,
                    "<query xmlns='jabber:iq:register'><username>alice</username>"
                        + "<password>new</password></query>"))
            .contains("type='result'");
      }
      assertThatThrownBy(() -> Client.login(sql, "alice", PASSWORD))
          .isInstanceOf(SASLErrorException.class);
      Client.login(sql, "alice", "new").close();
    }
  }

  @Test
  void sqlite_withoutUniqueIndex_isWrittenTo() throws Exception {
    Volume data = Volume.create();
    Path scripts = scripts();
    try (Container lua =
        ProsodyImage.archive()
            .container()
            .volume(data, ProsodyImage.DATA)
            .mount(scripts, "/opt")
            .entrypoint("/usr/bin/lua5.4", "/opt/sqlite.lua", "twice")
            .start()) {
      assertThat(lua.awaitExit(LIMIT)).as(lua.log().text()).isZero();
    }
    try (Container sql = sqlite(data)) {
      sql.log().await("no index prosody_unique_index", LIMIT);
      Command.Result invitation =
          sql.exec("prosodyctl", "shell", "invite", "create_account", DOMAIN);
      assertThat(Invitations.token(invitation.output())).isNotEmpty();
    }
  }

  @Test
  void sqlite_overAccountsInFiles_isAnErrorThatNamesThem() throws Exception {
    Volume data = Volume.create();
    try (Container files =
        ProsodyImage.server()
            .env("PROSODY_ACCOUNTS", "carol@" + DOMAIN + ":" + PASSWORD)
            .volume(data, ProsodyImage.DATA)
            .start()) {
      files.log().await("account created: carol@" + DOMAIN, LIMIT);
      files.stop(LIMIT);
    }
    try (Container sql = sqlite(data)) {
      assertThat(sql.log().await("are in files and not in the database", LIMIT))
          .contains("error\t", "carol", "mod_container_migrate");
    }
  }

  @Test
  void files_besideADatabase_isWarnedOf() throws Exception {
    Volume data = Volume.create();
    try (Container sql = sqlite(data)) {
      sql.log().await("account created: alice@" + DOMAIN, LIMIT);
      sql.stop(LIMIT);
    }
    try (Container files = ProsodyImage.server().volume(data, ProsodyImage.DATA).start()) {
      assertThat(files.log().await("but there is a database", LIMIT))
          .contains("warn\t", "no accounts of example.test", "mod_container_migrate sql files");
    }
  }

  private static Container sqlite(Volume data) {
    Container sql =
        ProsodyImage.server()
            .env("PROSODY_SQL_DRIVER", "SQLite3")
            .env("PROSODY_ACCOUNTS", "alice@" + DOMAIN + ":" + PASSWORD)
            .volume(data, ProsodyImage.DATA)
            .mount(scripts(), "/opt")
            .start();
    ProsodyImage.awaitClient(sql);
    return sql;
  }

  private static Path scripts() {
    return Path.of(System.getProperty("prosodyoci.it.root"), "it/src/test/lua")
        .toAbsolutePath()
        .normalize();
  }
}
