package io.github.prosodyoci.compile.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A root folder of its own, in namespaces of its own for users, mounts, processes, network, IPC and
 * host name (namespaces(7), pivot_root(2)). What programs see is read-only except for the writable
 * mounts; they have no capability over any of these, and what they start ends with them.
 */
final class NamespaceSandbox implements Sandbox {

  /** The exit code if the sandbox could not be set up. */
  static final int NOT_MADE = 125;

  /** Where the build root has the static program that makes a sandbox. */
  static final String BUSYBOX = "usr/bin/busybox";

  private static final String INSIDE = "/" + BUSYBOX + " ";
  private static final List<String> NAMESPACES = List.of("-r", "-m", "-u", "-i", "-n", "-p", "-f");
  private static final List<String> DEVICES = List.of("null", "zero", "full", "random", "urandom");
  private static final String HOST_NAME = "build";

  /** The kernel's own reserve is 300. */
  private static final int LEAST_PIDS = 400;

  private static final String ACCOUNTS =
      "root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n";
  private static final String GROUPS = "root:x:0:\nnogroup:x:65534:\n";

  private final Path script;
  private final List<String> start;
  private final List<Mount> mounts;

  private NamespaceSandbox(Path script, List<String> start, List<Mount> mounts) {
    this.script = script;
    this.start = start;
    this.mounts = mounts;
  }

  /**
   * Writes the files that a sandbox needs.
   *
   * @param folder an empty folder for them, which must stay
   * @param root the build root
   * @param own what programs see besides it
   * @throws IOException if it cannot be written
   */
  static NamespaceSandbox create(Path folder, Path root, List<Mount> own, StepLimits limits)
      throws IOException {
    Path place = Files.createDirectories(folder.resolve("root"));
    List<Mount> all = new ArrayList<>(own);
    all.add(Mount.readOnly(root.resolve("usr"), "/usr"));
    // Outer folders go first.
    all.sort(Comparator.comparing(Mount::target));
    layOut(place, all);
    Path script = folder.resolve("enter");
    String busybox = root.resolve(BUSYBOX).toString();
    Files.writeString(script, script(place, all, busybox, limits));
    List<String> start = new ArrayList<>(List.of(busybox, "unshare"));
    start.addAll(NAMESPACES);
    start.addAll(List.of(busybox, "sh"));
    return new NamespaceSandbox(script, start, List.copyOf(all));
  }

  /** Creates the mount points. */
  private static void layOut(Path root, List<Mount> mounts) throws IOException {
    for (String name : List.of("dev", "etc", "proc", "tmp", "old")) {
      Files.createDirectories(root.resolve(name));
    }
    for (String device : DEVICES) {
      Files.createFile(root.resolve("dev").resolve(device));
    }
    Files.createSymbolicLink(root.resolve("dev/fd"), Path.of("/proc/self/fd"));
    Files.createSymbolicLink(root.resolve("dev/stdin"), Path.of("/proc/self/fd/0"));
    Files.createSymbolicLink(root.resolve("dev/stdout"), Path.of("/proc/self/fd/1"));
    Files.createSymbolicLink(root.resolve("dev/stderr"), Path.of("/proc/self/fd/2"));
    Files.writeString(root.resolve("etc/passwd"), ACCOUNTS);
    Files.writeString(root.resolve("etc/group"), GROUPS);
    for (Mount mount : mounts) {
      Path place = at(root, mount.target());
      boolean inMount = mounts.stream().anyMatch(outer -> isBelow(mount.target(), outer.target()));
      if (inMount) {
        continue; // the outer mount brings the place along
      }
      if (Files.isDirectory(mount.source())) {
        Files.createDirectories(place);
      } else if (!Files.exists(place)) {
        Files.createDirectories(place.toAbsolutePath().getParent());
        Files.createFile(place);
      }
    }
    // As in every system whose /usr is merged (file-hierarchy(7)).
    for (String name : List.of("bin", "lib", "lib64", "sbin")) {
      Files.createSymbolicLink(root.resolve(name), Path.of("usr", name));
    }
  }

  private static boolean isBelow(String inner, String outer) {
    return inner.startsWith(outer + "/");
  }

  private static Path at(Path root, String target) {
    return root.resolve(target.substring(1));
  }

  private static String script(Path root, List<Mount> mounts, String busybox, StepLimits limits) {
    String outside = Shell.quoted(busybox) + " ";
    String mount = outside + "mount";
    StringBuilder text =
        new StringBuilder("set -eu\nfail() { echo \"Could not set up the sandbox: $*\" >&2; exit ")
            .append(NOT_MADE)
            .append("; }\n");
    String place = Shell.quoted(root.toString());
    line(text, mount + " --bind " + place + " " + place);
    line(text, "cd " + place);
    for (Mount each : mounts) {
      String words = Shell.quoted(List.of(each.source().toString(), each.target().substring(1)));
      line(text, mount + " --rbind " + words);
    }
    for (String device : DEVICES) {
      line(text, mount + " --bind /dev/" + device + " dev/" + device);
    }
    // Of /proc only the processes, if the kernel supports it (Linux 5.8).
    String proc = mount + " -t proc -o nosuid,nodev,noexec";
    line(text, proc + ",subset=pid none proc 2>/dev/null || " + proc + " none proc");
    text.append("for each in proc/*; do\n  case $each in\n    proc/[0-9]*|*self) ;;\n    *) ")
        .append(mount)
        .append(" --bind $each $each || fail $each ;;\n  esac\ndone\n");
    line(text, outside + "hostname " + HOST_NAME);
    // One for the sandbox and one below it; a step can create none. If /proc is not writable, it
    // can,
    // but what it sees stays the same.
    text.append("for each in user mnt pid net ipc uts; do\n")
        .append("  { echo 1 > /proc/sys/user/max_${each}_namespaces; } 2>/dev/null || :\ndone\n");
    limitProcesses(text, limits);
    line(text, outside + "pivot_root . old");
    line(text, "cd /");
    line(text, INSIDE + "umount -l old");
    readOnly(text, INSIDE + "mount", mounts);
    text.append("cd \"$1\" || fail \"cd $1\"\nshift\n");
    // The root of this namespace owns nothing: not the mounts, not the host name.
    text.append("exec ")
        .append(INSIDE)
        .append("unshare -r ")
        .append(INSIDE)
        .append("sh -c ")
        .append(Shell.quoted(Shell.limitedAndCounted(limits)))
        .append(" sh \"$@\"\n");
    return text.toString();
  }

  private static void line(StringBuilder text, String command) {
    text.append(command).append(" || fail ").append(Shell.quoted(command)).append('\n');
  }

  /**
   * Limits the process numbers. Since Linux 6.14 the setting belongs to the namespace; before, it
   * is the machine's and must not be changed. Unlike the limit of a user, it also applies to root.
   */
  private static void limitProcesses(StringBuilder text, StepLimits limits) {
    text.append("read -r release < /proc/sys/kernel/osrelease || release=0.0\n")
        .append("major=${release%%.*} minor=${release#*.} minor=${minor%%[!0-9]*}\n")
        .append("if [ $((major * 1000 + ${minor:-0})) -ge 6014 ]; then\n")
        .append("  { echo ")
        .append(Math.max(LEAST_PIDS, limits.processes() * 2L))
        .append(" > /proc/sys/kernel/pid_max; } 2>/dev/null || :\nfi\n");
  }

  /** Makes every mount read-only that is not writable, those below the machine's included. */
  private static void readOnly(StringBuilder text, String mount, List<Mount> mounts) {
    text.append("while read -r id parent device from at options rest; do\n  case $at in\n    ");
    text.append("/dev/*|/proc");
    mounts.stream().filter(Mount::writable).forEach(each -> text.append('|').append(each.target()));
    text.append(") continue ;;\n  esac\n");
    // Flags that the machine set must stay, or the kernel refuses. Spaces are octal escapes.
    text.append("  options=${options#r[ow]}\n");
    text.append("  case $at in *\\\\*) at=$(printf %b \"$at\") ;; esac\n");
    text.append("  ")
        .append(mount)
        .append(" -o \"remount,bind,ro,nosuid,nodev$options\" none \"$at\"");
    text.append(" || fail \"remount $at\"\ndone < /proc/self/mountinfo\n");
  }

  @Override
  public List<String> prefix(Path folder) {
    List<String> prefix = new ArrayList<>(start);
    prefix.add(script.toString());
    prefix.add(inside(folder).toString());
    return List.copyOf(prefix);
  }

  @Override
  public Path inside(Path file) {
    return mounts.stream()
        .filter(mount -> file.startsWith(mount.source()))
        .max(Comparator.comparing(mount -> mount.source().getNameCount()))
        .map(mount -> Path.of(mount.target()).resolve(mount.source().relativize(file)))
        .orElseThrow(() -> new IllegalArgumentException(file + " is not in the sandbox"));
  }

  @Override
  public boolean isIsolated() {
    return true;
  }
}
