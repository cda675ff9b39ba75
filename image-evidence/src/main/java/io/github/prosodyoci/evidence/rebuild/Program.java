package io.github.prosodyoci.evidence.rebuild;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs a program of the machine, and keeps what it says. */
final class Program {

  private static final int SHOWN = 15;

  private final Path log;

  /**
   * Creates a runner.
   *
   * @param log the file that gets what programs write
   */
  Program(Path log) {
    this.log = log;
  }

  /**
   * Runs a program to its end, and returns its exit status. If the thread is interrupted, the
   * program and what it started are ended.
   *
   * @throws FailureException with {@code INTERRUPTED} if the thread is interrupted
   * @throws IOException if it cannot be started
   */
  int run(Path folder, Map<String, String> environment, List<String> command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      return process.waitFor();
    } catch (InterruptedException e) {
      throw FileFailures.interrupted("rebuild", "the image", e);
    } finally {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
  }

  /** Returns the last lines that programs wrote. */
  String end() {
    try {
      List<String> lines = Files.readString(log, Charset.defaultCharset()).lines().toList();
      return String.join("\n", lines.subList(Math.max(0, lines.size() - SHOWN), lines.size()));
    } catch (IOException | UncheckedIOException e) {
      // The failure itself says more.
      return "";
    }
  }
}
