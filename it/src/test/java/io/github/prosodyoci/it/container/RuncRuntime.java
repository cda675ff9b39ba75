package io.github.prosodyoci.it.container;

import io.github.prosodyoci.core.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs containers by runc, as root; what Docker and containerd do underneath. */
final class RuncRuntime implements ContainerRuntime {

  /**
   * Makes a user namespace in which all users are what they are outside, as an emulator is
   * registered in one. Only another process may say so, from outside; the shell's next program has
   * the rights of root in it.
   */
  private static final String OWN_USERS =
      "me=$$\n"
          + "{ until [ $(readlink /proc/$me/ns/user) != $(readlink /proc/self/ns/user) ]; do sleep 0.01; done\n"
          + "echo 0 0 4294967294 >/proc/$me/uid_map; echo 0 0 4294967294 >/proc/$me/gid_map; } &\n"
          + "exec unshare --user --mount --net sh -c"
          + " 'until grep -q . /proc/self/gid_map; do sleep 0.01; done; exec \"$@\"' sh \"$@\"";

  @Override
  public List<String> command(ContainerSpec spec) throws IOException {
    Json.write(spec.folder().resolve("config.json"), config(spec));
    List<String> command = new ArrayList<>();
    String emulation = "";
    if (spec.emulator().isEmpty()) {
      command.addAll(List.of(Tools.require("unshare"), "--net"));
    } else {
      command.addAll(List.of("sh", "-c", OWN_USERS, "sh"));
      emulation = spec.emulator().get().setUp(spec.folder());
    }
    command.addAll(List.of("sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; " + emulation + NETWORK, "sh"));
    command.addAll(runc(spec));
    command.addAll(
        List.of(
            "run",
            "--bundle",
            spec.folder().toString(),
            "--pid-file",
            pidFile(spec).toString(),
            id(spec)));
    return command;
  }

  @Override
  public Path pidFile(ContainerSpec spec) {
    return spec.folder().resolve("pid");
  }

  @Override
  public Command exec(
      ContainerSpec spec, long launcher, long pid, List<String> args, Map<String, String> env) {
    // The configuration names no network, so runc takes the one that it is called in.
    List<String> command = new ArrayList<>(inNetwork(launcher));
    if (spec.emulator().isPresent()) {
      command.addAll(List.of(Tools.require("nsenter"), "--user=/proc/" + launcher + "/ns/user"));
      command.add("--");
    }
    command.addAll(runc(spec));
    command.add("exec");
    env.forEach((name, value) -> command.addAll(List.of("--env", name + "=" + value)));
    command.add(id(spec));
    command.addAll(args);
    return Command.of(command);
  }

  @Override
  public List<String> inNetwork(long launcher) {
    return List.of(Tools.require("nsenter"), "--net=/proc/" + launcher + "/ns/net", "--");
  }

  private static List<String> runc(ContainerSpec spec) {
    return List.of(Tools.require("runc"), "--root", spec.folder().resolve("runc").toString());
  }

  private static String id(ContainerSpec spec) {
    return "prosody-it-" + spec.folder().getFileName();
  }

  /** Returns the bundle's configuration (OCI runtime specification, config.md). */
  private static Map<String, Object> config(ContainerSpec spec) {
    Map<String, Object> process = new LinkedHashMap<>();
    process.put("terminal", false);
    process.put("user", Map.of("uid", spec.uid(), "gid", spec.gid()));
    process.put("args", spec.args());
    process.put(
        "env", spec.env().entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
    process.put("cwd", spec.workingDirectory());
    process.put("capabilities", Map.of());
    process.put("noNewPrivileges", true);

    Map<String, Object> linux = new LinkedHashMap<>();
    linux.put("namespaces", namespaces("pid", "ipc", "uts", "mount"));
    linux.put(
        "maskedPaths", List.of("/proc/kcore", "/proc/timer_list", "/proc/scsi", "/sys/firmware"));
    linux.put("readonlyPaths", List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys"));

    Map<String, Object> config = new LinkedHashMap<>();
    config.put("ociVersion", "1.0.2");
    config.put("process", process);
    config.put("root", Map.of("path", spec.rootfs().toString(), "readonly", spec.readOnly()));
    config.put("hostname", spec.hostname());
    config.put("mounts", mounts(spec));
    config.put("linux", linux);
    return config;
  }

  private static List<Map<String, String>> namespaces(String... types) {
    List<Map<String, String>> namespaces = new ArrayList<>();
    for (String type : types) {
      namespaces.add(Map.of("type", type));
    }
    return namespaces;
  }

  private static List<Map<String, Object>> mounts(ContainerSpec spec) {
    List<Map<String, Object>> mounts = new ArrayList<>();
    mounts.add(mount("/proc", "proc", "proc", List.of()));
    mounts.add(mount("/dev", "tmpfs", "tmpfs", List.of("nosuid", "mode=755", "size=65536k")));
    mounts.add(
        mount(
            "/dev/pts",
            "devpts",
            "devpts",
            List.of("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620")));
    mounts.add(
        mount(
            "/dev/shm",
            "tmpfs",
            "shm",
            List.of("nosuid", "noexec", "nodev", "mode=1777", "size=65536k")));
    mounts.add(mount("/sys", "sysfs", "sysfs", List.of("nosuid", "noexec", "nodev", "ro")));
    for (String target : spec.tmpfs()) {
      mounts.add(
          mount(target, "tmpfs", "tmpfs", List.of("nosuid", "noexec", "nodev", "mode=1777")));
    }
    for (ContainerSpec.Mount mount : spec.mounts()) {
      mounts.add(
          mount(
              mount.target(),
              "bind",
              mount.source().toString(),
              List.of("bind", mount.readOnly() ? "ro" : "rw")));
    }
    return mounts;
  }

  private static Map<String, Object> mount(
      String destination, String type, String source, List<String> options) {
    return Map.of("destination", destination, "type", type, "source", source, "options", options);
  }
}
