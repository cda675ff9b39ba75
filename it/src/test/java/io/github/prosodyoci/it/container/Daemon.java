package io.github.prosodyoci.it.container;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A daemon that only root can run, such as a container engine's, in a network and with mounts of
 * its own: the machine's interfaces, ports, packet filters and {@code /run} are out of its reach.
 */
public final class Daemon implements AutoCloseable, Reachable {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Path folder;
  private final Process process;
  private final Map<String, PortForward> ports = new HashMap<>();

  /**
   * Starts a daemon. The calling test is skipped where this user is not root.
   *
   * @param folder a folder for all that it keeps, which is deleted with it
   * @param program the program and its arguments; it must stay in the foreground
   */
  public Daemon(Path folder, String... program) throws IOException {
    assumeTrue(Tools.superuser(), "Only root can run " + program[0]);
    this.folder = folder;
    List<String> command = new ArrayList<>();
    command.addAll(List.of(Tools.require("unshare"), "--net", "--mount", "sh", "-c"));
    command.addAll(
        List.of(
            "PATH=$PATH:/usr/sbin:/sbin; ip link set lo up && mount -t tmpfs tmpfs /run && exec \"$@\"",
            "sh"));
    command.addAll(List.of(program));
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log().toFile())
            .start();
    process.getOutputStream().close();
  }

  /** Returns the folder of all that it keeps. */
  public Path folder() {
    return folder;
  }

  private Path log() {
    return folder.resolve("log");
  }

  /** Returns a command that runs in the daemon's network and sees its mounts. */
  public Command command(List<String> program) {
    List<String> command = new ArrayList<>(inside());
    command.addAll(program);
    return Command.of(command);
  }

  private List<String> inside() {
    return List.of(
        Tools.require("nsenter"), "--target", "" + process.pid(), "--net", "--mount", "--");
  }

  /** Waits until a command succeeds that asks the daemon something. */
  public void await(Command question) throws IOException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (question.run().exitCode() != 0) {
      if (System.nanoTime() > end || !process.isAlive()) {
        throw new AssertionError("The daemon does not answer:\n" + Files.readString(log()));
      }
    }
  }

  /** Returns where a port on the loopback interface of the daemon's network is reached. */
  @Override
  public InetSocketAddress address(int port) {
    return address("127.0.0.1", port);
  }

  /** Returns where a port of an address in the daemon's network is reached. */
  public InetSocketAddress address(String address, int port) {
    synchronized (ports) {
      return ports
          .computeIfAbsent(address + ":" + port, any -> new PortForward(inside(), address, port))
          .address();
    }
  }

  @Override
  public void close() {
    ports.values().forEach(PortForward::close);
    process.destroy();
    try {
      if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        process.waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    Workspace.delete(folder);
  }
}
