package io.github.prosodyoci.it;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Daemon;
import io.github.prosodyoci.it.container.Reachable;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A Docker with nothing in it, which only root can run, in a network of its own. */
final class RealDocker implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Path folder = Workspace.newFolder("docker");
  private final Daemon daemon;

  RealDocker() throws IOException {
    String program = Tools.require("dockerd");
    List<String> client = command("version");
    daemon =
        new Daemon(
            folder,
            program,
            "--host",
            "unix://" + folder + "/socket",
            "--data-root",
            folder + "/data",
            "--exec-root",
            folder + "/exec",
            "--pidfile",
            folder + "/pid");
    daemon.await(Command.of(client));
  }

  /** Returns the words of a call of {@code docker}. */
  List<String> command(String... arguments) {
    List<String> words = new ArrayList<>();
    words.addAll(List.of(Tools.require("docker"), "--host", "unix://" + folder + "/socket"));
    words.addAll(List.of(arguments));
    return words;
  }

  /** Calls {@code docker}, and returns what it prints. */
  String call(String... arguments) {
    return daemon.command(command(arguments)).output().strip();
  }

  /** Returns the folder of a volume. */
  Path volume(String name) {
    return folder.resolve("data/volumes").resolve(name).resolve("_data");
  }

  /** Returns a running container, whether it publishes its ports or not. */
  Reachable container(String name) {
    String address =
        call("inspect", "--format={{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", name);
    return port -> daemon.address(address, port);
  }

  /** Returns what the ports lead to that containers publish. */
  Reachable host() {
    return daemon;
  }

  /** Waits until Docker calls a container healthy. */
  void awaitHealth(String name) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!call("inspect", "--format={{.State.Health.Status}}", name).equals("healthy")) {
      if (System.nanoTime() > end) {
        throw new AssertionError(name + " is not healthy:\n" + call("logs", name));
      }
      Thread.sleep(100);
    }
  }

  /**
   * Stops a container.
   *
   * @throws AssertionError if it does not run, or ends with another exit code than 0
   */
  void stop(String name) {
    if (!call("inspect", "--format={{.State.Running}}", name).equals("true")) {
      throw new AssertionError(name + " does not run any more:\n" + call("logs", name));
    }
    call("stop", name);
    String code = call("inspect", "--format={{.State.ExitCode}}", name);
    if (!code.equals("0")) {
      throw new AssertionError(name + " ended with " + code + ":\n" + call("logs", name));
    }
  }

  @Override
  public void close() {
    daemon.close();
  }
}
