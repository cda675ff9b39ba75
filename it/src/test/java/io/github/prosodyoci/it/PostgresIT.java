package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.it.container.Container;
import io.github.prosodyoci.it.container.ContainerBuilder;
import io.github.prosodyoci.it.container.ImageArchive;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Volume;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The image of examples/prosody-postgresql with a real server of PostgreSQL. */
class PostgresIT {

  private static final long BUDGET = 6_000_000;

  @Test
  void image_size_staysWithinTheBudget() {
    assertThat(file()).isRegularFile();
    assertThat(file().toFile().length()).isLessThanOrEqualTo(BUDGET);
  }

  @Test
  void restart_sameDatabase_knowsWhatUsersLeft() throws Exception {
    try (PostgresServer database = new PostgresServer()) {
      Volume data = Volume.create();

      PersistenceIT.restart(() -> server(database), data);

      assertThat(
              database.query(
                  "SELECT DISTINCT \"user\" FROM prosody"
                      + " WHERE host = 'example.test' AND store = 'accounts' ORDER BY 1"))
          .containsExactly("alice", "bob", "carol");
      assertThat(data.folder().toFile().list()).doesNotContain("prosody.sqlite", "example%2etest");
    }
  }

  @ParameterizedTest
  @CsvSource({"files, sql", "sql, files"})
  void migrate_betweenFilesAndPostgres_keepsWhatUsersLeft(String from, String to) throws Exception {
    try (PostgresServer database = new PostgresServer()) {
      Volume data = Volume.create();
      AtomicInteger starts = new AtomicInteger();

      PersistenceIT.restart(
          () -> {
            if (starts.getAndIncrement() == 0) {
              return withStorage(database, from);
            }
            MigrationIT.migrate(
                server(database), data, 0, "Copied all from " + from + " to " + to, from, to);
            return withStorage(database, to);
          },
          data);
    }
  }

  private static ContainerBuilder withStorage(PostgresServer database, String storage) {
    return storage.equals("sql")
        ? server(database)
        : server(database).env("PROSODY_SQL_DRIVER", "").env("PROSODY_STORAGE", "internal");
  }

  @Test
  void database_goneForAWhile_isFoundAgain() throws Exception {
    try (PostgresServer database = new PostgresServer();
        Container server = server(database).env("PROSODY_ACCOUNTS", "a@example.test:b").start()) {
      ProsodyImage.awaitClient(server);
      HealthIT.await(server, 0, "ok");
      database.stop();

      HealthIT.await(server, 1, "storage of example.test");
      database.startAgain();
      HealthIT.await(server, 0, "ok");
      RawStream.login(server, "a", "b").close();
    }
  }

  @Test
  void start_databaseDown_endsAndSaysSo() throws Exception {
    try (PostgresServer database = new PostgresServer()) {
      database.stop();

      assertEnds(server(database), Duration.ofSeconds(5), "Is the server running");
    }
  }

  @Test
  void start_wrongPassword_endsAndSaysSo() throws Exception {
    try (PostgresServer database = new PostgresServer()) {
      assertEnds(
          server(database).env("PROSODY_SQL_PASSWORD", "rabbit-hole"),
          Duration.ofSeconds(5),
          "password authentication failed for user \"prosody\"");
    }
  }

  @Test
  void start_databaseThatNeverAnswers_endsAndSaysSo() throws Exception {
    Path folder = Workspace.newFolder("mute");
    try (ServerSocketChannel mute = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      Path socket = folder.resolve(".s.PGSQL.5432");
      mute.bind(UnixDomainSocketAddress.of(socket));
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rwxrwxrwx"));

      assertEnds(server(folder), Duration.ofMinutes(2), "timeout expired");
    }
  }

  @Test
  void start_overNetwork_wantsATrustedCertificate() throws Exception {
    TestAuthority authority = new TestAuthority();
    try (PostgresServer database = new PostgresServer()) {
      database.serveTls(authority, "localhost");

      try (Container server = remote(authority.certificate()).start();
          Cable cable = new Cable(server)) {
        cable.plugIn();
        ProsodyImage.awaitClient(server);
        assertThat(
                database.query(
                    "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                        + " WHERE client_addr IS NOT NULL"))
            .containsExactly("t");
      }
      try (Container server = remote(new TestAuthority().certificate()).start();
          Cable cable = new Cable(server)) {
        cable.plugIn();
        assertThat(server.awaitExit(Duration.ofSeconds(10))).as(server.log().text()).isEqualTo(1);
        assertThat(server.log().text()).contains("certificate verify failed");
      }
    }
  }

  private static ContainerBuilder remote(Path authority) {
    return server(Workspace.newFolder("none"))
        .env("PROSODY_SQL_HOST", "localhost")
        .env("PGSSLMODE", "verify-full")
        .env("PGSSLROOTCERT", "/opt/ca.pem")
        .mount(authority, "/opt/ca.pem")
        .entrypoint(
            "sh",
            "-c",
            "until [ -e /tmp/plugged-in ]; do sleep 0.1; done; exec prosody-entrypoint");
  }

  private static void assertEnds(ContainerBuilder builder, Duration limit, String reason) {
    try (Container server = builder.start()) {
      assertThat(server.awaitExit(limit)).as(server.log().text()).isEqualTo(1);
      assertThat(server.log().text())
          .contains("The storage of example.test could not be loaded", reason);
    }
  }

  private static ContainerBuilder server(PostgresServer database) {
    return server(database.sockets());
  }

  private static ContainerBuilder server(Path sockets) {
    return ImageArchive.open(file())
        .container()
        .env("PROSODY_VIRTUAL_HOSTS", ProsodyImage.DOMAIN)
        .env("PROSODY_SQL_USERNAME", PostgresServer.USER)
        .env("PROSODY_SQL_PASSWORD", PostgresServer.PASSWORD)
        .mount(sockets, "/run/postgresql");
  }

  private static Path file() {
    return Path.of("target/examples/prosody-postgresql/target/prosody-postgresql-linux-amd64.tar");
  }

  /** Leads from the database's port in a container's network to the database on this machine. */
  private static final class Cable implements AutoCloseable {

    private final Container container;
    private final Path middle = Workspace.newFolder("cable").resolve("s");
    private final List<Process> ends = new ArrayList<>();

    Cable(Container container) throws IOException {
      this.container = container;
      String socat = Tools.require("socat");
      String far = "TCP:" + PostgresServer.ADDRESS + ":" + PostgresServer.PORT;
      run(List.of(socat, "UNIX-LISTEN:" + middle + ",fork", far));
      String near = "TCP-LISTEN:" + PostgresServer.PORT + ",bind=127.0.0.1,reuseaddr,fork";
      run(container.inNetwork(List.of(socat, near, "UNIX-CONNECT:" + middle)));
    }

    /** Lets the server start when the cable carries. */
    void plugIn() throws InterruptedException {
      String listening = "0100007F:" + String.format("%04X", PostgresServer.PORT);
      while (!Files.exists(middle)
          || !container.exec("cat", "/proc/net/tcp").output().contains(listening)) {
        assertThat(ends).allMatch(Process::isAlive);
        Thread.sleep(20);
      }
      assertThat(container.exec("touch", "/tmp/plugged-in").exitCode()).isZero();
    }

    private void run(List<String> command) throws IOException {
      ends.add(
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start());
    }

    @Override
    public void close() {
      ends.forEach(Process::destroy);
    }
  }
}
