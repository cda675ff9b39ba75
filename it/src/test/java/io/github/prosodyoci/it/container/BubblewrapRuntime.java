package io.github.prosodyoci.it.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs containers by bubblewrap, as an ordinary user, in a user namespace. There is one user in it,
 * the image's own: files that belong to root in the image seem to be that user's.
 */
final class BubblewrapRuntime implements ContainerRuntime {

  @Override
  public List<String> command(ContainerSpec spec) throws IOException {
    List<String> command = new ArrayList<>();
    // The outer user namespace owns the network, so that a test may step into it later on.
    command.addAll(
        List.of(Tools.require("unshare"), "--user", "--map-root-user", "--mount", "--net"));
    String emulation = spec.emulator().isEmpty() ? "" : spec.emulator().get().setUp(spec.folder());
    command.addAll(List.of("sh", "-c"));
    command.add(
        "PATH=$PATH:/usr/sbin:/sbin; pid=$1; shift; " + emulation + NETWORK + " 9>\"$pid\"");
    command.addAll(List.of("sh", pidFile(spec).toString()));
    command.addAll(
        List.of(Tools.require("bwrap"), "--unshare-user", "--unshare-pid", "--unshare-ipc"));
    command.addAll(List.of("--unshare-uts", "--as-pid-1", "--die-with-parent", "--info-fd", "9"));
    command.addAll(List.of("--uid", "" + spec.uid(), "--gid", "" + spec.gid()));
    command.addAll(List.of("--hostname", spec.hostname()));
    command.addAll(
        List.of(spec.readOnly() ? "--ro-bind" : "--bind", spec.rootfs().toString(), "/"));
    command.addAll(List.of("--proc", "/proc", "--dev", "/dev"));
    for (String target : spec.tmpfs()) {
      command.addAll(List.of("--perms", mode(spec.rootfs().resolve(target.substring(1)))));
      command.addAll(List.of("--tmpfs", target));
    }
    for (ContainerSpec.Mount mount : spec.mounts()) {
      command.addAll(
          List.of(
              mount.readOnly() ? "--ro-bind" : "--bind",
              mount.source().toString(),
              mount.target()));
    }
    command.add("--clearenv");
    spec.env().forEach((name, value) -> command.addAll(List.of("--setenv", name, value)));
    command.addAll(List.of("--chdir", spec.workingDirectory(), "--"));
    command.addAll(spec.args());
    return command;
  }

  @Override
  public Path pidFile(ContainerSpec spec) {
    return spec.folder().resolve("pid");
  }

  @Override
  public Command exec(
      ContainerSpec spec, long launcher, long pid, List<String> args, Map<String, String> env) {
    List<String> command = new ArrayList<>(inUser(launcher));
    // Two steps: bubblewrap's mounts belong to a user namespace between the two.
    command.addAll(List.of(Tools.require("nsenter"), "--target", "" + pid));
    command.addAll(
        List.of("--user", "--preserve-credentials", "--mount", "--pid", "--ipc", "--uts"));
    command.addAll(List.of("--net", "--"));
    command.addAll(args);
    Map<String, String> all = new LinkedHashMap<>(spec.env());
    all.putAll(env);
    return Command.of(command).onlyEnv(all);
  }

  @Override
  public List<String> inNetwork(long launcher) {
    List<String> command = new ArrayList<>(inUser(launcher));
    command.addAll(List.of(Tools.require("nsenter"), "--net=/proc/" + launcher + "/ns/net", "--"));
    return command;
  }

  /** Returns the mode of a mount point: runc gives it to what is mounted there, too. */
  private static String mode(Path folder) throws IOException {
    return Files.isDirectory(folder)
        ? Integer.toOctalString((Integer) Files.getAttribute(folder, "unix:mode") & 07777)
        : "1777";
  }

  private static List<String> inUser(long launcher) {
    return List.of(
        Tools.require("nsenter"),
        "--user=/proc/" + launcher + "/ns/user",
        "--preserve-credentials",
        "--");
  }
}
