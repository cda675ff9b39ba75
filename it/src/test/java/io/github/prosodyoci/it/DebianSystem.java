package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Debian system that holds a JDK, Maven, and the five programs that {@code mvn} itself runs.
 * Whatever else is called there, by its name or its usual path, writes its name to a list and
 * fails. It is laid out of packages from the mirror that this machine's apt is configured for;
 * their scripts do not run. Only root can enter it.
 */
final class DebianSystem {

  /** How a program gets into the system. */
  enum Way {
    /** The system is the root of a mount namespace, as on a machine of its own. */
    OWN_MACHINE("mount --move . /"),
    /** By chroot alone: there the kernel creates no user namespaces (user_namespaces(7)). */
    CHROOT(":");

    private final String beforeChroot;

    Way(String beforeChroot) {
      this.beforeChroot = beforeChroot;
    }
  }

  /** The user of builds that are not root's. */
  static final String BUILDER = "4711";

  private static final String KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

  /** What a build might call of the machine it runs on, whether or not the packages have it. */
  private static final Set<String> COVETED =
      Set.of(
          ("sh make gmake perl python3 awk mawk sed grep tar xz gzip cc gcc c99 clang clang-19 cpp ld ld.lld"
                  + " ld.bfd as ar ranlib nm strip objcopy install env cat cp mv rm ln mkdir chmod touch"
                  + " find sort nice unshare nsenter setpriv mount umount pivot_root chroot hostname"
                  + " bwrap busybox bash dash which file m4 pkg-config git")
              .split(" "));

  /** What {@code mvn} calls, beside {@code /bin/sh} and {@code java}. */
  private static final Set<String> OF_MAVEN = Set.of("uname", "dirname", "tr");

  private static final String EXTRACT =
      "dpkg-deb --fsys-tarfile \"$1\" | tar -xf - -C \"$2\" --keep-directory-symlink"
          + " --exclude=./usr/share/doc --exclude='*/jmods' --exclude=src.zip";

  /** A line about a package to install: name, version, architecture. */
  private static final Pattern CHOSEN =
      Pattern.compile("(?m)^Inst (\\S+) \\((\\S+) .*\\[(\\w+)]\\)");

  private static final String CALLED = "/called";
  private static final String TRAPS = "/traps";

  private final Path root = Workspace.newFolder("debian");
  private final String javaHome;

  /**
   * Lays out a system.
   *
   * @param suite its code name
   * @param java the JDK's major version
   * @param shell the package of its {@code /bin/sh}
   * @param shellPath the path of that program
   */
  DebianSystem(String suite, int java, String shell, String shellPath) throws IOException {
    javaHome = "/usr/lib/jvm/java-" + java + "-openjdk-amd64";
    for (String folder : List.of("bin", "sbin", "lib", "lib64")) {
      Files.createDirectories(root.resolve("usr").resolve(folder));
      Files.createSymbolicLink(root.resolve(folder), Path.of("usr", folder));
    }
    for (Path archive : packages(suite, "openjdk-" + java + "-jdk-headless", shell)) {
      // Not dpkg-deb --extract, which puts a package's own folder bin in the place of the link.
      Command.of("sh", "-euc", EXTRACT, "sh", archive.toString(), root.toString()).output();
    }
    Files.deleteIfExists(root.resolve("usr/bin/sh"));
    Files.copy(root.resolve(shellPath.substring(1)), root.resolve("usr/bin/sh"));
    setTraps();
    Files.writeString(
        root.resolve("etc/passwd"),
        "root:x:0:0::/root:/bin/sh\nbuilder:x:%s:%s::/home/builder:/bin/sh\n"
            .formatted(BUILDER, BUILDER));
    for (String folder : List.of("proc", "dev", "tmp", "root", "home/builder")) {
      Files.createDirectories(root.resolve(folder));
    }
    open(root.resolve("tmp"));
    open(Files.writeString(root.resolve(CALLED.substring(1)), ""));
  }

  /** Returns a folder of the system as this machine sees it. */
  Path outside(String path) {
    return root.resolve(path.substring(1));
  }

  /** Returns a user's home as the system sees it. */
  static String home(boolean superuser) {
    return superuser ? "/root" : "/home/builder";
  }

  /** Returns the paths under which a program other than Maven's own was called so far. */
  List<String> called() throws IOException {
    return Files.readAllLines(outside(CALLED));
  }

  /** Forgets what was called so far. */
  void forget() throws IOException {
    Files.writeString(outside(CALLED), "");
  }

  /** Runs a shell script as root or as an ordinary user, in that user's home, without a network. */
  Command.Result run(Way way, boolean superuser, String script) {
    String enter =
        """
        mount --bind "$1" "$1"
        cd "$1"
        mount -t proc proc proc
        mount -t tmpfs -o mode=755 dev dev
        for device in null zero full random urandom; do
          : > "dev/$device"
          mount --bind "/dev/$device" "dev/$device"
        done
        ln -s /proc/self/fd dev/fd
        %s
        exec chroot "--userspec=$2:$2" --groups= . /bin/sh -c "$3"
        """
            .formatted(way.beforeChroot);
    String user = superuser ? "0" : BUILDER;
    List<String> command = new ArrayList<>();
    command.add(Tools.require("unshare"));
    command.addAll(List.of("--mount", "--pid", "--net", "--fork", "--kill-child"));
    command.addAll(List.of("/bin/sh", "-euc", enter, "sh", root.toString(), user));
    command.add("cd " + home(superuser) + "; " + script);
    Map<String, String> environment =
        Map.of(
            "PATH",
            TRAPS + ":/usr/bin:/bin:/usr/sbin:/sbin",
            "HOME",
            home(superuser),
            "JAVA_HOME",
            javaHome);
    // Before the root is changed, the traps are not to be found.
    return Command.of(command).onlyEnv(environment).limit(Duration.ofMinutes(30)).run();
  }

  /** Puts a program that says that it was called in the place of all others. */
  private void setTraps() throws IOException {
    Path trap =
        Files.writeString(
            root.resolve("usr/lib/trap"), "#!/bin/sh\necho \"$0\" >> " + CALLED + "\nexit 97\n");
    Files.setPosixFilePermissions(trap, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectories(root.resolve(TRAPS.substring(1)));
    for (String folder : List.of("usr/bin", "usr/sbin")) {
      Set<String> names = new TreeSet<>(COVETED);
      try (Stream<Path> programs = Files.list(root.resolve(folder))) {
        programs.forEach(program -> names.add(program.getFileName().toString()));
      }
      names.removeAll(OF_MAVEN);
      for (String name : names) {
        Path program = root.resolve(folder).resolve(name);
        if (!program.equals(root.resolve("usr/bin/sh"))) {
          Files.deleteIfExists(program);
          Files.createLink(program, trap);
        }
        Path first = root.resolve(TRAPS.substring(1)).resolve(name);
        if (!Files.exists(first)) {
          Files.createLink(first, trap);
        }
      }
    }
  }

  private static void open(Path file) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  /** Returns the packages of a suite that a JDK, Maven and a shell need, fetched and verified. */
  private static List<Path> packages(String suite, String... wanted) throws IOException {
    Tools.require("apt-get");
    Tools.require("dpkg-deb");
    Path place =
        Path.of(System.getProperty("prosodyoci.it.cache"), "test-systems", suite).toAbsolutePath();
    for (String folder : List.of("lists/partial", "archives/partial")) {
      Files.createDirectories(place.resolve(folder));
    }
    Path settings = settings(suite, place);
    // Without a network, the lists of the last run do.
    Command.Result update = apt(settings, "update");
    boolean known = apt(settings, "show", wanted[0]).exitCode() == 0;
    assumeTrue(known, "No mirror of Debian " + suite + " is reached: " + update.output());
    List<String> command = new ArrayList<>();
    command.addAll(List.of("install", "--yes", "--no-install-recommends", "maven", "coreutils"));
    command.addAll(List.of(wanted));
    command.add("--simulate");
    String chosen = apt(settings, command.toArray(String[]::new)).output();
    command.set(command.size() - 1, "--download-only");
    Command.Result fetched = apt(settings, command.toArray(String[]::new));
    assertThat(fetched.exitCode()).as(fetched.output()).isZero();
    return CHOSEN
        .matcher(chosen)
        .results()
        .map(m -> m.group(1) + "_" + m.group(2).replace(":", "%3a") + "_" + m.group(3) + ".deb")
        .map(place.resolve("archives")::resolve)
        .toList();
  }

  private static Command.Result apt(Path settings, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(arguments[0].equals("show") ? "apt-cache" : "apt-get");
    command.add("--quiet=2");
    command.addAll(List.of(arguments));
    return Command.of(command)
        .env("APT_CONFIG", settings.toString())
        .env("LC_ALL", "C")
        .limit(Duration.ofMinutes(10))
        .run();
  }

  /** Writes the settings of an apt that knows one suite only and takes nothing as installed. */
  private static Path settings(String suite, Path place) throws IOException {
    String mirror =
        Command.of(
                "apt-get",
                "indextargets",
                "--format",
                "$(ORIGIN) $(LABEL) $(REPO_URI)",
                "Created-By: Packages")
            .output()
            .lines()
            .filter(line -> line.startsWith("Debian Debian "))
            .map(line -> line.substring("Debian Debian ".length()))
            .findFirst()
            .orElse("");
    assumeTrue(!mirror.isEmpty(), "apt is not configured for a mirror of Debian");
    assumeTrue(Files.exists(Path.of(KEYRING)), "This test needs debian-archive-keyring");
    Path sources =
        Files.writeString(
            place.resolve("sources.list"),
            "deb [signed-by=" + KEYRING + "] " + mirror + " " + suite + " main\n");
    Path installed = Files.writeString(place.resolve("installed"), "");
    return Files.writeString(
        place.resolve("apt.conf"),
        """
        Dir::State::lists "%1$s/lists";
        Dir::State::status "%2$s";
        Dir::State::extended_states "%1$s/extended";
        Dir::Cache "%1$s";
        Dir::Cache::archives "%1$s/archives";
        Dir::Etc::sourcelist "%3$s";
        Dir::Etc::sourceparts "/dev/null";
        Dir::Etc::preferences "/dev/null";
        Dir::Etc::preferencesparts "/dev/null";
        APT::Architecture "amd64";
        APT::Architectures { "amd64"; };
        APT::Sandbox::User "root";
        Acquire::Languages "none";
        """
            .formatted(place, installed, sources));
  }
}
