package io.github.prosodyoci.it.container;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The programs of this machine that tests stand on; {@code it/run} installs them. */
public final class Tools {

  private Tools() {}

  /** Returns where a program is, on the PATH or among the administrator's programs. */
  public static Optional<Path> find(String program) {
    return Stream.concat(
            Stream.of(System.getenv("PATH").split(":")), Stream.of("/usr/sbin", "/sbin"))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Returns the path of a program. Without it the calling test is skipped. */
  public static String require(String program) {
    Optional<Path> found = find(program);
    assumeTrue(
        found.isPresent(), "This test needs the program " + program + ": `sh it/run` installs it");
    return found.orElseThrow().toString();
  }

  /** Returns whether this process is the superuser. */
  public static boolean superuser() {
    return SUPERUSER;
  }

  private static final boolean SUPERUSER = Command.of("id", "-u").output().strip().equals("0");
}
