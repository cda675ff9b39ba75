package io.github.prosodyoci.compile.run;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Runs programs with exactly the environment given, no input, and their output in a file. Closing
 * it ends all that still run, with all that they started.
 */
public final class ProcessRunner implements AutoCloseable {

  /** The exit code of a program that took too long. */
  public static final int TIMED_OUT = -1;

  private final Set<Process> running = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * Runs a program to its end.
   *
   * @param command the program and its arguments
   * @param environment all of its environment
   * @param folder where it runs
   * @param log the file that its output is appended to
   * @param limit how long it may take; it is killed then
   * @return its exit code, or {@link #TIMED_OUT}
   * @throws IOException if it cannot be started
   * @throws InterruptedException if this thread is interrupted; the program is killed
   */
  public int run(
      List<String> command, Map<String, String> environment, Path folder, Path log, Duration limit)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    Process process = builder.start();
    running.add(process);
    try {
      process.getOutputStream().close();
      if (closed) {
        throw new InterruptedException("The build was stopped");
      }
      if (process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        return process.exitValue();
      }
      return TIMED_OUT;
    } finally {
      kill(process);
      running.remove(process);
    }
  }

  private static void kill(Process process) {
    List<ProcessHandle> descendants = process.descendants().toList();
    process.destroyForcibly();
    descendants.forEach(ProcessHandle::destroyForcibly);
  }

  /** Ends all programs that still run. */
  @Override
  public void close() {
    closed = true;
    running.forEach(ProcessRunner::kill);
  }
}
