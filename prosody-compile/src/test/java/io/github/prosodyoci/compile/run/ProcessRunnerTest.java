package io.github.prosodyoci.compile.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProcessRunnerTest {

  @TempDir private Path folder;

  private Ending run(ProcessRunner runner, String script) throws Exception {
    return runner.run(
        List.of("/bin/sh", "-c", script), Map.of("A", "b"), folder, folder.resolve("log"));
  }

  private static ProcessRunner runner(Duration time) {
    return new ProcessRunner(new StepLimits(time, 100, 1 << 30, 1L << 40));
  }

  @Test
  void run_program_hasOnlyTheEnvironmentGivenAndNoInput() throws Exception {
    try (ProcessRunner runner = runner(Duration.ofSeconds(20))) {
      Ending ending = run(runner, "echo $A$HOME; cat; echo end >&2; exit 7");

      assertThat(ending).isEqualTo(Ending.exited(7));
      assertThat(ending.good()).isFalse();
      assertThat(folder.resolve("log")).hasContent("b\nend");
    }
  }

  @Test
  void run_tooLong_killsAllDescendants() throws Exception {
    try (ProcessRunner runner = runner(Duration.ofMillis(300))) {
      Ending ending = run(runner, "(sleep 1; echo late > late) & echo $! > pid; sleep 60");

      assertThat(ending.cause()).isEqualTo(Ending.Cause.TIME);
      long pid = Long.parseLong(Files.readString(folder.resolve("pid")).strip());
      ProcessHandle.of(pid).ifPresent(process -> process.onExit().join());
      assertThat(folder.resolve("late")).doesNotExist();
    }
  }

  @Test
  void close_whileRunning_endsTheProgramAndIsAnInterrupt() throws Exception {
    ProcessRunner runner = runner(Duration.ofSeconds(50));
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

    // Not a failure of the program, whose exit code says nothing now.
    assertThatThrownBy(() -> run(runner, "sleep 60")).isInstanceOf(InterruptedException.class);
    closer.join();
  }
}
