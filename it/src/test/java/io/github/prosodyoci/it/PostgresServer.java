package io.github.prosodyoci.it;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Volume;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A real PostgreSQL server with an empty database, behind a socket in a folder of its own. */
final class PostgresServer implements AutoCloseable {

  static final String USER = "prosody";
  static final String PASSWORD = "looking-glass";
  static final String DATABASE = "prosody";
  static final int PORT = 5432;

  /** Of the loopback interface, but nobody else's: the port's number is a part of the socket. */
  static final String ADDRESS =
      "127.54."
          + ProcessHandle.current().pid() / 250 % 250
          + "."
          + (ProcessHandle.current().pid() % 250 + 1);

  /** Where Debian lays the programs of each version, off the PATH. */
  private static final Path VERSIONS = Path.of("/usr/lib/postgresql");

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Path programs = programs();
  private final Path folder = Workspace.newFolder("pg");
  private final Path sockets;
  private final Path log = folder.resolve("log");
  private final List<String> options = new ArrayList<>();
  private Process process;

  PostgresServer() throws IOException, InterruptedException {
    sockets = Files.createDirectory(folder.resolve("s"));
    Path password = Files.writeString(folder.resolve("password"), PASSWORD);
    if (Tools.superuser()) {
      Command.of("chown", "-R", "nobody", folder.toString()).output();
    }
    String[] initdb = {"--auth=scram-sha-256", "--pwfile=" + password, "--username=" + USER};
    List<String> arguments = new ArrayList<>(List.of("--pgdata=" + folder.resolve("data")));
    arguments.addAll(List.of("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"));
    arguments.addAll(List.of(initdb));
    command("initdb", arguments).output();
    process = start();
    client("createdb", DATABASE);
  }

  /** Returns the folder of the server's socket, to be mounted at {@code /run/postgresql}. */
  Path sockets() {
    return sockets;
  }

  /** Returns what a statement yields, a line per row. */
  List<String> query(String sql) {
    return client("psql", "--no-psqlrc", "--tuples-only", "--no-align", "-c", sql, DATABASE)
        .lines()
        .toList();
  }

  /**
   * Serves TLS from now on, at {@link #ADDRESS}, with a certificate for a host. PostgreSQL has none
   * for its socket.
   */
  void serveTls(TestAuthority authority, String host) throws IOException, InterruptedException {
    Volume issued = Volume.create();
    authority.issue(host, issued, "tls");
    for (String extension : List.of("crt", "key")) {
      Path file = folder.resolve("data/server." + extension);
      Files.copy(issued.folder().resolve("tls/" + host + "." + extension), file);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      if (Tools.superuser()) {
        Command.of("chown", "nobody", file.toString()).output();
      }
    }
    options.addAll(List.of("-c", "ssl=on", "-c", "listen_addresses=" + ADDRESS));
    stop();
    startAgain();
  }

  /** Starts again, with all that it had. */
  void startAgain() throws IOException, InterruptedException {
    process = start();
  }

  /** Breaks all connections off, and ends. */
  void stop() {
    Command.of("kill", "-s", "INT", "" + process.pid()).output();
    try {
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("PostgreSQL has not ended after " + LIMIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for PostgreSQL", e);
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      stop();
    }
  }

  private Process start() throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of("-D", folder.resolve("data").toString()));
    arguments.addAll(List.of("-F", "-k", sockets.toString(), "-c", "listen_addresses="));
    arguments.addAll(options);
    Process started =
        new ProcessBuilder(command("postgres", arguments).words())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    long end = System.nanoTime() + LIMIT.toNanos();
    while (Command.of(programs.resolve("pg_isready").toString(), "-h", sockets.toString())
            .run()
            .exitCode()
        != 0) {
      if (!started.isAlive() || System.nanoTime() > end) {
        started.destroy();
        throw new AssertionError("PostgreSQL does not serve:\n" + Files.readString(log));
      }
      Thread.sleep(20);
    }
    return started;
  }

  private String client(String program, String... arguments) {
    List<String> all = new ArrayList<>(List.of("-h", sockets.toString(), "-U", USER));
    all.addAll(List.of(arguments));
    return command(program, all).env("PGPASSWORD", PASSWORD).output();
  }

  /** Returns a command of this version; PostgreSQL's own refuse to be run by root. */
  private Command command(String program, List<String> arguments) {
    List<String> command = new ArrayList<>();
    if (Tools.superuser()) {
      command.addAll(List.of(Tools.require("setpriv"), "--reuid=nobody", "--clear-groups"));
      command.add("--regid=nogroup");
    }
    command.add(programs.resolve(program).toString());
    command.addAll(arguments);
    return Command.of(command).in(folder);
  }

  private static Path programs() {
    Optional<Path> newest = Optional.empty();
    if (Files.isDirectory(VERSIONS)) {
      try (Stream<Path> versions = Files.list(VERSIONS)) {
        newest =
            versions
                .map(version -> version.resolve("bin"))
                .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
                .max(Comparator.naturalOrder());
      } catch (IOException e) {
        throw new UncheckedIOException("Could not look into " + VERSIONS, e);
      }
    }
    assumeTrue(newest.isPresent(), "This test needs PostgreSQL's server: `sh it/run` installs it");
    return newest.orElseThrow();
  }
}
