package io.github.prosodyoci.compile.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.compile.Machine;
import io.github.prosodyoci.compile.TestRoot;
import io.github.prosodyoci.core.Folders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is left of a step when the JVM that started it is gone. */
@Tag("slow")
final class LifelineTest {

  private static final String MARK = Machine.mark(5);

  @TempDir private Path folder;

  @AfterEach
  void empty() throws Exception {
    Folders.delete(folder);
    Files.createDirectory(folder);
  }

  /** Runs a step that lasts, in a JVM of its own. */
  static final class Main {
    private Main() {}

    /** Takes a folder, whether to isolate, the build root, and how long to sleep. */
    public static void main(String[] arguments) throws Exception {
      Path folder = Path.of(arguments[0]);
      Path root = Path.of(arguments[2]);
      StepLimits limits = new StepLimits(Duration.ofMinutes(5), 100, 1 << 20, 1L << 30);
      try (ProcessRunner runner = new ProcessRunner(limits)) {
        Isolation isolation =
            arguments[1].equals("true")
                ? Isolation.probe(root, folder.resolve("probe"), runner)
                : Isolation.none(root, limits, "a test");
        Path work = Files.createDirectory(folder.resolve("work"));
        Sandbox sandbox =
            isolation.sandbox(folder.resolve("box"), List.of(Mount.writable(work, "/work")));
        List<String> command = new ArrayList<>(sandbox.prefix(work));
        command.add(sandbox.inside(root.resolve("usr/bin/busybox")).toString());
        // With what it can do against the watcher.
        command.addAll(
            List.of(
                "sh",
                "-c",
                "trap : HUP INT TERM; sleep "
                    + arguments[3]
                    + " & : > up; sleep "
                    + arguments[3]
                    + "; :"));
        var unused =
            runner.runTied(
                root.resolve("usr/bin/busybox"),
                command,
                true,
                Map.of(),
                folder,
                folder.resolve("log"));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"true, true", "false, true", "true, false", "false, false"})
  void runTied_jvmEnds_nothingIsLeft(boolean isolated, boolean killed) throws Exception {
    if (isolated) {
      try (ProcessRunner runner =
          new ProcessRunner(new StepLimits(Duration.ofMinutes(1), 100, 1 << 20, 1L << 30))) {
        Machine.requireIsolation(
            Isolation.probe(TestRoot.shared().root(), folder.resolve("p"), runner));
      }
    }
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                folder.toString(),
                Boolean.toString(isolated),
                TestRoot.shared().root().toString(),
                MARK)
            .inheritIO()
            .start();
    Path up = folder.resolve("work/up");
    while (Files.notExists(up) && jvm.isAlive()) {
      Thread.sleep(20);
    }
    assertThat(up).exists();
    assertThat(Machine.commandLines()).anyMatch(line -> line.contains(MARK));

    if (killed) {
      jvm.destroyForcibly().waitFor();
    } else {
      jvm.destroy();
      jvm.waitFor();
    }

    for (int i = 0; i < 200 && isRunning(); i++) {
      Thread.sleep(50);
    }
    assertThat(isRunning()).isFalse();
  }

  private static boolean isRunning() throws Exception {
    return Machine.commandLines().stream().anyMatch(line -> line.contains(MARK));
  }
}
