package io.github.prosodyoci.compile.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProcessRunnerTest {

  @TempDir private Path folder;

  private int run(ProcessRunner runner, String script, Duration limit) throws Exception {
    return runner.run(
        List.of("/bin/sh", "-c", script), Map.of("A", "b"), folder, folder.resolve("log"), limit);
  }

  @Test
  void run_program_hasOnlyTheEnvironmentGivenAndNoInput() throws Exception {
    try (ProcessRunner runner = new ProcessRunner()) {
      int code = run(runner, "echo $A$HOME; cat; echo end >&2; exit 7", Duration.ofSeconds(20));

      assertThat(code).isEqualTo(7);
      assertThat(folder.resolve("log")).hasContent("b\nend");
    }
  }

  @Test
  void run_tooLong_killsAllDescendants() throws Exception {
    try (ProcessRunner runner = new ProcessRunner()) {
      int code =
          run(
              runner,
              "(sleep 1; echo late > late) & echo $! > pid; sleep 60",
              Duration.ofMillis(300));

      assertThat(code).isEqualTo(ProcessRunner.TIMED_OUT);
      long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
      ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
      assertThat(folder.resolve("late")).doesNotExist();
    }
  }

  @Test
  void close_whileRunning_endsTheProgram() throws Exception {
    ProcessRunner runner = new ProcessRunner();
    Thread closer =
        new Thread(
            () -> {
              try {
                Thread.sleep(200);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              runner.close();
            });
    closer.start();

    assertThat(run(runner, "sleep 60", Duration.ofSeconds(50))).isNotZero();
    closer.join();
  }

  @Test
  void probe_isolation_keepsStepsFromTheNetwork() throws Exception {
    Isolation isolation =
        Isolation.probe(new HostTools(List.of(Path.of("/usr/bin"), Path.of("/bin"))));
    org.junit.jupiter.api.Assumptions.assumeFalse(
        isolation.prefix().isEmpty(), "this kernel lets no ordinary user make a network space");
    List<String> command = new java.util.ArrayList<>(isolation.prefix());
    command.addAll(List.of("/bin/sh", "-c", "cat /proc/net/dev | grep -v -e lo: -e '|' || true"));
    try (ProcessRunner runner = new ProcessRunner()) {
      int code =
          runner.run(
              command,
              Map.of("PATH", "/usr/bin:/bin"),
              folder,
              folder.resolve("log"),
              Duration.ofSeconds(20));

      assertThat(code).isZero();
      assertThat(folder.resolve("log")).isEmptyFile();
    }
  }
}
