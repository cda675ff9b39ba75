package io.github.prosodyoci.compile.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What programs in a sandbox see of this machine's system.
 *
 * @param mounts the system's folders and files, read-only
 * @param links the targets of symbolic links, by the links' paths
 * @param hidden folders of the machine that are not shown, though they are below a mount
 */
public record SystemView(List<Mount> mounts, Map<String, String> links, List<Path> hidden) {

  private static final List<String> FOLDERS =
      List.of(
          "/usr",
          "/bin",
          "/sbin",
          "/lib",
          "/lib32",
          "/lib64",
          "/libx32",
          "/nix/store",
          "/gnu/store");

  /** Where programs and their libraries are looked up. */
  private static final List<String> SETTINGS = List.of("/etc/alternatives", "/etc/ld.so.cache");

  /** Copies the collections. */
  public SystemView {
    mounts = List.copyOf(mounts);
    links = Map.copyOf(links);
    hidden = List.copyOf(hidden);
  }

  /**
   * Returns the view of this machine's programs and libraries.
   *
   * @param hidden folders that are never shown
   * @throws IOException if the machine's folders cannot be read
   */
  static SystemView ofMachine(List<Path> hidden) throws IOException {
    List<Mount> mounts = new ArrayList<>();
    Map<String, String> links = new TreeMap<>();
    for (String name : FOLDERS) {
      Path folder = Path.of(name);
      if (Files.isSymbolicLink(folder)) {
        links.put(name, Files.readSymbolicLink(folder).toString());
      } else if (Files.isDirectory(folder)) {
        mounts.add(Mount.readOnly(folder, name));
      }
    }
    for (String name : SETTINGS) {
      if (Files.exists(Path.of(name))) {
        mounts.add(Mount.readOnly(Path.of(name), name));
      }
    }
    List<Path> covered = new ArrayList<>();
    for (Path folder : hidden) {
      if (!Files.isDirectory(folder)) {
        continue;
      }
      Path real = folder.toRealPath();
      if (mounts.stream().anyMatch(mount -> real.startsWith(mount.source()))) {
        covered.add(real);
      }
    }
    return new SystemView(mounts, links, covered);
  }

  /** Returns the folders of the machine that are shown, for people. */
  String folders() {
    return mounts.stream()
        .map(mount -> mount.source().toString())
        .filter(source -> !SETTINGS.contains(source))
        .collect(Collectors.joining(", "));
  }

  /** Returns whether a file of the machine has the same path in a sandbox, and the same content. */
  boolean shows(Path file) {
    return mounts.stream()
            .anyMatch(
                mount ->
                    file.startsWith(mount.source())
                        && mount.source().toString().equals(mount.target()))
        && hidden.stream().noneMatch(file::startsWith);
  }
}
