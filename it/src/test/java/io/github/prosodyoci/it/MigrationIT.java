package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.ContainerBuilder;
import io.github.prosodyoci.it.container.Volume;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Moves between storages: what users left in one is found in the other. */
class MigrationIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  @ParameterizedTest
  @CsvSource({"files, sql", "sql, files"})
  void migrate_fromOneToTheOther_keepsWhatUsersLeft(String from, String to) throws Exception {
    Volume data = Volume.create();
    AtomicInteger starts = new AtomicInteger();

    PersistenceIT.restart(
        () -> {
          if (starts.getAndIncrement() == 0) {
            return withStorage(from);
          }
          migrate(withStorage(to), data, 0, "Copied all from " + from + " to " + to, from, to);
          return withStorage(to);
        },
        data);
  }

  @Test
  void migrate_overOtherAccountsOrWhileTheServerRuns_isRefused() throws Exception {
    Volume data = Volume.create();
    for (String storage : new String[] {"files", "sql"}) {
      try (Container server =
          withStorage(storage)
              .env("PROSODY_ACCOUNTS", "alice@example.test:secret")
              .volume(data, ProsodyImage.DATA)
              .start()) {
        server.log().await("account created: alice", LIMIT);
        assertThat(server.exec("prosodyctl", "mod_container_migrate", "files", "sql").output())
            .contains("The server runs on this data");
        server.stop(LIMIT);
      }
    }
    String refusal = "there are accounts of example.test in sql already; nothing was copied";
    migrate(withStorage("sql"), data, 1, refusal, "files", "sql");
    migrate(withStorage("sql"), data, 2, "Usage:", "files", "files");
  }

  /** Runs the migration in a container of its own. */
  static void migrate(
      ContainerBuilder builder, Volume data, int exitCode, String words, String from, String to) {
    try (Container migration =
        builder
            .volume(data, ProsodyImage.DATA)
            .cmd("prosodyctl", "mod_container_migrate", from, to)
            .start()) {
      assertThat(migration.awaitExit(LIMIT)).as(migration.log().text()).isEqualTo(exitCode);
      assertThat(migration.log().text()).contains(words);
    }
  }

  private static ContainerBuilder withStorage(String storage) {
    return ProsodyImage.server()
        .env("PROSODY_STORAGE", storage.equals("files") ? "internal" : storage);
  }
}
