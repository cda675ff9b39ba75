package io.github.prosodyoci.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.prosodyoci.compile.run.Isolation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The machine that tests run on. */
public final class Machine {

  private Machine() {}

  /** Returns whether this is root. */
  public static boolean isRoot() {
    return System.getProperty("user.name", "").equals("root");
  }

  /** Skips a test where the kernel isolates nothing. */
  public static void requireIsolation(Isolation isolation) {
    assumeTrue(isolation.enforced(), isolation.reason());
  }

  /**
   * Returns a number of seconds to sleep, by which a process of this JVM's tests can be found among
   * those of others.
   *
   * @param test a digit for the test
   */
  public static String mark(int test) {
    return "3%d%07d".formatted(test, ProcessHandle.current().pid());
  }

  /** Returns the command lines of all processes. */
  public static List<String> commandLines() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      for (Path process : processes.filter(p -> p.toString().matches("/proc/\\d+")).toList()) {
        try {
          lines.add(Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
          // It has just ended.
        }
      }
    }
    return lines;
  }

  /**
   * Checks that no process with a mark is left; ending them all may take the kernel, or the shell
   * that ends them where there is no isolation, a moment.
   */
  public static void assertEnd(String mark) throws IOException, InterruptedException {
    for (int i = 0; i < 100; i++) {
      if (commandLines().stream().noneMatch(line -> line.contains(mark))) {
        return;
      }
      Thread.sleep(100);
    }
    assertThat(commandLines()).noneMatch(line -> line.contains(mark));
  }
}
