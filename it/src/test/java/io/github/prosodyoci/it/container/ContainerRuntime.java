package io.github.prosodyoci.it.container;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Starts containers. Each lives in its own network, with the loopback interface and one address
 * that stands for "outside"; no capabilities, and no way to gain privileges.
 */
interface ContainerRuntime {

  /** The address under which a container's ports are reached from outside. */
  String ADDRESS = "10.88.0.2";

  /** Sets up the new network; what follows replaces the shell. */
  String NETWORK = "ip link set lo up && ip addr add " + ADDRESS + "/32 dev lo && exec \"$@\"";

  /** Returns runc when this process is root, else bubblewrap. */
  static ContainerRuntime ofThisUser() {
    return Tools.superuser() ? new RuncRuntime() : new BubblewrapRuntime();
  }

  /** Returns the command that runs a container in the foreground, with its exit code and output. */
  List<String> command(ContainerSpec spec) throws IOException;

  /**
   * Returns the file that names the container's first process, under this machine's number, once it
   * is about to run.
   */
  Path pidFile(ContainerSpec spec);

  /**
   * Returns a command that runs a program in a running container, as the container's user.
   *
   * @param launcher the process that {@link #command} became
   * @param pid the container's first process
   */
  Command exec(
      ContainerSpec spec, long launcher, long pid, List<String> args, Map<String, String> env);

  /** Returns the start of a command that runs in the network of a running container's launcher. */
  List<String> inNetwork(long launcher);
}
