package io.github.prosodyoci.compile.run;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Runs programs with exactly the given environment, no input, and their output in a file. Closing
 * it ends all programs that still run, and everything that they started.
 */
public final class ProcessRunner implements AutoCloseable {

  private static final long LOOK_MILLIS = 100;

  private final StepLimits limits;

  /** The memory of what runs, in bytes. */
  private final Map<Process, Long> running = new ConcurrentHashMap<>();

  private volatile boolean closed;

  /** Creates a runner with limits on what programs may use. */
  public ProcessRunner(StepLimits limits) {
    this.limits = limits;
  }

  /** Returns how much a program may use. */
  public StepLimits limits() {
    return limits;
  }

  /**
   * Runs a program to its end, or until it has used too much.
   *
   * @param command the program and its arguments
   * @param environment all of its environment
   * @param folder where it runs
   * @param log the file that its output is appended to
   * @return how it ended
   * @throws IOException if it cannot be started
   * @throws InterruptedException if this thread is interrupted or the runner is closed; the program
   *     is killed
   */
  public Ending run(List<String> command, Map<String, String> environment, Path folder, Path log)
      throws IOException, InterruptedException {
    return run(command, environment, folder, log, limits.time());
  }

  /**
   * As {@link #run(List, Map, Path, Path)}, for a program that ends as soon as this JVM does,
   * whatever ends it.
   *
   * @param busybox the build root's BusyBox
   * @param gently whether the program has a lower priority than usual
   */
  public Ending runTied(
      Path busybox,
      List<String> command,
      boolean gently,
      Map<String, String> environment,
      Path folder,
      Path log)
      throws IOException, InterruptedException {
    return start(
        Lifeline.tie(busybox, command, gently), true, environment, folder, log, limits.time());
  }

  /** As {@link #run(List, Map, Path, Path)}, with a time limit of its own. */
  Ending run(
      List<String> command, Map<String, String> environment, Path folder, Path log, Duration time)
      throws IOException, InterruptedException {
    return start(command, false, environment, folder, log, time);
  }

  private Ending start(
      List<String> command,
      boolean tied,
      Map<String, String> environment,
      Path folder,
      Path log,
      Duration time)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    Process process = builder.start();
    running.put(process, 0L);
    try {
      if (!tied) {
        process.getOutputStream().close();
      }
      Ending ending = watch(process, time);
      if (closed) {
        // Whatever the program's exit code is: it was killed.
        throw new InterruptedException("The build was stopped");
      }
      return ending;
    } finally {
      kill(process);
      closeInput(process);
      running.remove(process);
    }
  }

  /** Lets a program's watcher go. */
  private static void closeInput(Process process) {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // Nothing was written to it.
      return;
    }
  }

  private Ending watch(Process process, Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    while (!closed) {
      long left = Math.max(0, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()));
      if (process.waitFor(Math.min(left, LOOK_MILLIS), TimeUnit.MILLISECONDS)) {
        return Ending.exited(process.exitValue());
      }
      if (left == 0) {
        return Ending.stopped(Ending.Cause.TIME);
      }
      Usage usage = Usage.of(process.pid(), limits.processes() + 1);
      if (usage.processes() > limits.processes()) {
        return Ending.stopped(Ending.Cause.PROCESSES);
      }
      running.replace(process, usage.memoryBytes());
      if (isLargestOfTooLarge(usage.memoryBytes())) {
        return Ending.stopped(Ending.Cause.MEMORY);
      }
    }
    return Ending.stopped(Ending.Cause.TIME);
  }

  private boolean isLargestOfTooLarge(long mine) {
    long all = 0;
    for (long each : running.values()) {
      if (each > mine) {
        return false;
      }
      all += each;
    }
    return all > limits.memoryBytes();
  }

  /** Kills the first process of a sandbox first: the kernel kills the others with it. */
  private static void kill(Process process) {
    if (process.isAlive()) {
      if (!Usage.known()) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
      }
      Usage.visit(
          process.pid(),
          Integer.MAX_VALUE,
          pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }
    process.destroyForcibly();
  }

  /** Ends all programs that still run. */
  @Override
  public void close() {
    closed = true;
    running.keySet().forEach(ProcessRunner::kill);
  }
}
