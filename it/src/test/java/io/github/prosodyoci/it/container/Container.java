package io.github.prosodyoci.it.container;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A container that was started; closing kills it and deletes all but its volumes. */
public final class Container implements AutoCloseable {

  private static final Duration START = Duration.ofSeconds(10);

  private final ImageArchive image;
  private final ContainerSpec spec;
  private final ContainerRuntime runtime;
  private final Process process;
  private final long started;
  private final ContainerLog log;
  private final Map<Integer, PortForward> ports = new HashMap<>();
  private final long pid;

  private Container(ImageArchive image, ContainerSpec spec) throws IOException {
    this.image = image;
    this.spec = spec;
    runtime = ContainerRuntime.ofThisUser();
    ProcessBuilder builder =
        new ProcessBuilder(runtime.command(spec))
            .redirectErrorStream(true)
            .directory(spec.folder().toFile());
    started = System.nanoTime();
    process = builder.start();
    process.getOutputStream().close();
    log = new ContainerLog(process.getInputStream());
    pid = awaitPid();
  }

  static Container start(ImageArchive image, ContainerSpec spec) throws IOException {
    return new Container(image, spec);
  }

  /** Returns how long ago the container was started. */
  public Duration age() {
    return Duration.ofNanos(System.nanoTime() - started);
  }

  /** Returns what the container writes. */
  public ContainerLog log() {
    return log;
  }

  /** Returns where a port of the container is reached from this machine, open or not. */
  public InetSocketAddress address(int port) {
    synchronized (ports) {
      return ports
          .computeIfAbsent(
              port,
              any ->
                  new PortForward(runtime.inNetwork(process.pid()), ContainerRuntime.ADDRESS, port))
          .address();
    }
  }

  /** Breaks all connections off that lead to a port, as a network that fails does. */
  public void cutConnections(int port) {
    synchronized (ports) {
      PortForward forward = ports.get(port);
      if (forward != null) {
        forward.cut();
      }
    }
  }

  /** Runs a program in the container ({@code docker exec}), whatever its exit code. */
  public Command.Result exec(String... arguments) {
    return exec(Map.of(), arguments);
  }

  /** Runs a program in the container with more variables, whatever its exit code. */
  public Command.Result exec(Map<String, String> env, String... arguments) {
    return runtime.exec(spec, process.pid(), pid, Arrays.asList(arguments), env).run();
  }

  /** Sends a signal, such as {@code TERM}, to the container's first process. */
  public void signal(String name) {
    Command.of("kill", "-s", name.replaceFirst("^SIG", ""), "" + pid).output();
  }

  /** Returns whether the container's first process still runs. */
  public boolean isRunning() {
    return process.isAlive();
  }

  /**
   * Waits for the end and returns the exit code, 128 and the signal's number if a signal ended it.
   *
   * @throws AssertionError with the log if it still runs after that time
   */
  public int awaitExit(Duration limit) {
    try {
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("Still running after " + limit + ":\n" + log.text());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for the container", e);
    }
    log.awaitEnd(Duration.ofSeconds(2));
    return process.exitValue();
  }

  /** Sends the image's stop signal, waits for the end, and returns the exit code. */
  public int stop(Duration limit) {
    signal(image.config().stopSignal());
    return awaitExit(limit);
  }

  /** Returns what was written outside volumes and tmpfs ({@code docker diff}). */
  public List<String> changes() {
    return FileTree.of(image.rootfs()).differences(FileTree.of(spec.rootfs())).stream()
        .filter(line -> !isMountPoint(line.substring(0, line.indexOf(": "))))
        .toList();
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      if (pid > 0) {
        Command.of("kill", "-s", "KILL", "" + pid).run();
      } else {
        process.destroyForcibly();
      }
      awaitExit(Duration.ofSeconds(10));
    }
    ports.values().forEach(PortForward::close);
    Workspace.delete(spec.folder());
  }

  private boolean isMountPoint(String path) {
    // A runtime makes a missing mount point, which then stays behind.
    return spec.mounts().stream().anyMatch(mount -> mount.target().equals(path))
        || spec.tmpfs().contains(path)
        || List.of("/dev", "/proc", "/sys").contains(path)
        || path.startsWith("/dev/");
  }

  /** Returns the first process, or 0 if the container ended before it could be told. */
  private long awaitPid() throws IOException {
    Path file = runtime.pidFile(spec);
    while (process.isAlive()) {
      String text = Files.exists(file) ? Files.readString(file) : "";
      String digits = text.replaceFirst("(?s)^.*?(\\d+)[^\\d].*$", "$1").strip();
      if (digits.matches("\\d+")) {
        return Long.parseLong(digits);
      }
      if (age().compareTo(START) > 0) {
        process.destroyForcibly();
        throw new AssertionError(
            "The container did not start within " + START + ":\n" + log.text());
      }
      pause();
    }
    return 0;
  }

  private static void pause() {
    try {
      Thread.sleep(2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for the container", e);
    }
  }
}
