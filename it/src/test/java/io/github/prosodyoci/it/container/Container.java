package io.github.prosodyoci.it.container;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A container that was started; closing kills it and deletes all but its volumes. */
public final class Container implements AutoCloseable, Reachable {

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

  @Override
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
    return command(env, Arrays.asList(arguments)).run();
  }

  /** Returns the command that runs a program in the container, with more variables. */
  public Command command(Map<String, String> env, List<String> program) {
    return runtime.exec(spec, process.pid(), pid, program, env);
  }

  /** Runs a program in the container until that one ends; what it writes is lost. */
  public void execInBackground(String... arguments) {
    Thread thread = new Thread(() -> exec(arguments), "exec in the background");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Lays a cable between two containers; each end has an address. A container keeps its address
   * when more cables are laid. Where this user may not do that, the calling test is skipped.
   */
  public void connect(String address, Container other, String otherAddress) {
    if (!Tools.superuser()) {
      abort("Only root can connect the networks of two containers");
    }
    String end = "c" + process.pid() + "-" + other.process.pid() % 1000;
    String otherEnd = "c" + other.process.pid() + "-" + process.pid() % 1000;
    String ip = Tools.require("ip");
    List<String> command = new ArrayList<>();
    command.addAll(List.of(ip, "link", "add", end, "netns", "" + process.pid(), "type", "veth"));
    command.addAll(List.of("peer", "name", otherEnd, "netns", "" + other.process.pid()));
    Command.of(command).output();
    setUp(end, address, otherAddress);
    other.setUp(otherEnd, otherAddress, address);
  }

  private void setUp(String end, String address, String peer) {
    String script =
        "PATH=$PATH:/usr/sbin:/sbin; ip addr add $2/32 dev $1; ip link set $1 up && ip route add $3/32 dev $1 src $2";
    Command.of(inNetwork(List.of("sh", "-c", script, "sh", end, address, peer))).output();
  }

  /** Returns a command that runs a program of this machine in the container's network. */
  public List<String> inNetwork(List<String> program) {
    List<String> command = new ArrayList<>(runtime.inNetwork(process.pid()));
    command.addAll(program);
    return command;
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
