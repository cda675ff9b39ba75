package io.github.prosodyoci.it.container;

import io.github.prosodyoci.it.container.ContainerSpec.Mount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What {@code docker run} takes as options; anything not said is as the image says. */
public final class ContainerBuilder {

  private final ImageArchive image;
  private final Map<String, String> env = new LinkedHashMap<>();
  private final Map<String, Volume> volumes = new TreeMap<>();
  private final Map<String, Volume> readOnlyMounts = new TreeMap<>();
  private final List<String> tmpfs = new ArrayList<>();
  private List<String> cmd;
  private @Nullable List<String> entrypoint;
  private String user;
  private String hostname = "container";
  private boolean readOnly;
  private boolean resolverFiles = true;

  ContainerBuilder(ImageArchive image) {
    this.image = image;
    cmd = image.config().cmd();
    user = image.config().user();
  }

  /** Sets an environment variable ({@code --env}). */
  public ContainerBuilder env(String name, String value) {
    env.put(name, value);
    return this;
  }

  /** Mounts a volume ({@code --volume}). */
  public ContainerBuilder volume(Volume volume, String target) {
    volumes.put(target, volume);
    return this;
  }

  /** Mounts a folder of this machine, not to be written to ({@code --volume …:ro}). */
  public ContainerBuilder mount(Path source, String target) {
    readOnlyMounts.put(target, Volume.of(source));
    return this;
  }

  /** Mounts an empty folder in memory ({@code --tmpfs}). */
  public ContainerBuilder tmpfs(String target) {
    tmpfs.add(target);
    return this;
  }

  /** Makes the root file system read-only ({@code --read-only}). */
  public ContainerBuilder readOnly() {
    readOnly = true;
    return this;
  }

  /** Runs as another user: numeric user, or user and group as {@code uid:gid} ({@code --user}). */
  public ContainerBuilder user(String newUser) {
    user = newUser;
    return this;
  }

  /** Sets the host name ({@code --hostname}). */
  public ContainerBuilder hostname(String newHostname) {
    hostname = newHostname;
    return this;
  }

  /** Replaces the image's default arguments. */
  public ContainerBuilder cmd(String... arguments) {
    cmd = Arrays.asList(arguments);
    return this;
  }

  /** Replaces the image's entrypoint, and drops its default arguments ({@code --entrypoint}). */
  public ContainerBuilder entrypoint(String... arguments) {
    entrypoint = Arrays.asList(arguments);
    cmd = List.of();
    return this;
  }

  /** Leaves out /etc/hosts and /etc/resolv.conf, which engines mount but no rule demands. */
  public ContainerBuilder withoutResolverFiles() {
    resolverFiles = false;
    return this;
  }

  /** Starts the container. */
  public Container start() {
    try {
      return Container.start(image, spec());
    } catch (IOException e) {
      throw new UncheckedIOException("Could not start a container of " + image.file(), e);
    }
  }

  private ContainerSpec spec() throws IOException {
    Path folder = Workspace.newFolder("c");
    Path rootfs = folder.resolve("rootfs");
    Command.of("cp", "-a", "--reflink=auto", image.rootfs().toString(), rootfs.toString()).output();
    ImageConfig config = image.config();
    String[] ids = user.split(":", 2);
    int uid = Integer.parseInt(ids[0].isEmpty() ? "0" : ids[0]);
    @Nullable String account = account(uid);
    int gid =
        Integer.parseInt(ids.length > 1 ? ids[1] : account == null ? "0" : account.split(":")[3]);

    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    variables.put("HOSTNAME", hostname);
    variables.put("HOME", account == null ? "/" : account.split(":", -1)[5]);
    variables.putAll(config.env());
    variables.putAll(env);

    List<String> args = new ArrayList<>(entrypoint == null ? config.entrypoint() : entrypoint);
    args.addAll(cmd);
    return new ContainerSpec(
        folder,
        rootfs,
        List.copyOf(args),
        Map.copyOf(variables),
        uid,
        gid,
        config.workingDirectory(),
        mounts(folder, config),
        List.copyOf(tmpfs),
        readOnly,
        hostname,
        Emulator.of(config.platform()));
  }

  private List<Mount> mounts(Path folder, ImageConfig config) throws IOException {
    List<Mount> mounts = new ArrayList<>();
    Map<String, Volume> all = new TreeMap<>(volumes);
    for (String target : config.volumes()) {
      if (!readOnlyMounts.containsKey(target) && !tmpfs.contains(target)) {
        all.computeIfAbsent(target, any -> Volume.create());
      }
    }
    all.forEach(
        (target, volume) -> {
          Path inImage = image.rootfs().resolve(target.substring(1));
          if (Files.isDirectory(inImage)) {
            volume.fill(inImage);
          }
          mounts.add(new Mount(volume.folder(), target, false));
        });
    readOnlyMounts.forEach(
        (target, volume) -> mounts.add(new Mount(volume.folder(), target, true)));
    if (resolverFiles) {
      Path etc = Files.createDirectory(folder.resolve("etc"));
      Files.writeString(
          etc.resolve("hosts"),
          "127.0.0.1\tlocalhost\n" + ContainerRuntime.ADDRESS + "\t" + hostname + "\n");
      Files.writeString(etc.resolve("hostname"), hostname + "\n");
      Files.writeString(etc.resolve("resolv.conf"), "nameserver 127.0.0.11\n");
      for (String name : List.of("hosts", "hostname", "resolv.conf")) {
        mounts.add(new Mount(etc.resolve(name), "/etc/" + name, false));
      }
    }
    mounts.sort(Comparator.comparing(Mount::target));
    makeMountPoints(folder.resolve("rootfs"), mounts);
    return List.copyOf(mounts);
  }

  /** Makes what the image lacks to mount on, as engines do before they close the root folder. */
  private void makeMountPoints(Path rootfs, List<Mount> mounts) throws IOException {
    for (String target : tmpfs) {
      Files.createDirectories(rootfs.resolve(target.substring(1)));
    }
    for (Mount mount : mounts) {
      Path target = rootfs.resolve(mount.target().substring(1));
      if (Files.isDirectory(mount.source())) {
        Files.createDirectories(target);
      } else if (!Files.exists(target)) {
        Files.createDirectories(target.getParent());
        Files.createFile(target);
      }
    }
  }

  /** Returns a user's line of the image's /etc/passwd. */
  private @Nullable String account(int uid) throws IOException {
    Path passwd = image.rootfs().resolve("etc/passwd");
    if (Files.isRegularFile(passwd)) {
      for (String line : Files.readAllLines(passwd)) {
        String[] fields = line.split(":", -1);
        if (fields.length == 7 && fields[2].equals("" + uid)) {
          return line;
        }
      }
    }
    return null;
  }
}
