package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.archive.EntryPath;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.packages.apk.Checksums;
import io.github.prosodyoci.packages.apk.PackageFile;
import io.github.prosodyoci.rootfs.inspect.ImageFiles;
import io.github.prosodyoci.rootfs.inspect.ImageFiles.Item;
import io.github.prosodyoci.rootfs.inspect.InstalledDatabase.Facts;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What becomes of the base image's files: which stay as they are, which are the user's, and which
 * go with their packages (OCI Image Layer Filesystem Changeset 1.1, whiteouts).
 */
final class BaseChanges {

  private static final String WHITEOUT = ".wh.";

  private final ImageFiles files;

  /** The checksums that packages of the base state of their files, by place. */
  private final Map<String, String> originals = new HashMap<>();

  /** The packages that list a folder, by place. */
  private final Map<String, Set<Owner>> folders = new HashMap<>();

  /** What layers have in place of the base's. */
  private final Set<String> touched = new HashSet<>();

  private final Set<String> gone = new TreeSet<>();
  private final Set<String> goneFolders = new TreeSet<>(Comparator.reverseOrder());

  /** Creates the changes of a base, none so far. */
  BaseChanges(BaseRoot base) {
    files = base.files();
    for (BasePackage each : base.packages()) {
      each.listed()
          .files()
          .forEach(
              (path, facts) ->
                  files
                      .place(path)
                      .ifPresent(place -> originals.put(place, facts.checksum().orElse(""))));
      for (String folder : each.listed().folders().keySet()) {
        place(folder)
            .ifPresent(place -> folders.computeIfAbsent(place, key -> new HashSet<>()).add(each));
      }
    }
  }

  private Optional<String> place(String path) {
    return path.isEmpty() ? Optional.empty() : files.folder(path);
  }

  /** Returns the base's files and folders that belong to a package, by place, as it lists them. */
  Map<String, String> places(BasePackage owner) {
    Map<String, String> places = new HashMap<>();
    for (Map.Entry<String, Facts> each : owner.listed().files().entrySet()) {
      files.place(each.getKey()).ifPresent(place -> places.put(place, each.getKey()));
    }
    for (String folder : owner.listed().folders().keySet()) {
      place(folder).ifPresent(place -> places.putIfAbsent(place, folder));
    }
    return places;
  }

  /** Returns all that the base holds. */
  Map<String, Item> items() {
    return files.items();
  }

  /** Returns the header of a file of the base. */
  TarEntry entry(String path) {
    TarEntry entry = Objects.requireNonNull(files.items().get(path)).entry();
    return entry.withPath(path, entry.link());
  }

  /** Returns whether a file below {@code /etc} is not as its package brought it. */
  private boolean isUsers(String path) {
    Item item = files.items().get(path);
    return isProtected(path) && item != null && !item.checksum().equals(originals.get(path));
  }

  private static boolean isProtected(String path) {
    return path.startsWith("etc/")
        && !path.startsWith("etc/apk/")
        && !path.startsWith("etc/init.d/");
  }

  /** Returns whether a new file goes beside the one of the base, which the user has changed. */
  boolean goesBeside(String path, String checksum) {
    Item item = files.items().get(path);
    return isUsers(path)
        && item != null
        && item.entry().type() != TarEntry.Type.DIRECTORY
        && !item.checksum().equals(checksum);
  }

  /** Notes that a package has a folder. */
  void addFolder(String path, Owner owner) {
    folders.computeIfAbsent(path, key -> new HashSet<>()).add(owner);
  }

  /** Returns whether a package that is new has a folder that a trigger watches. */
  boolean touches(List<String> watched) {
    return folders.entrySet().stream()
        .filter(each -> each.getValue().stream().anyMatch(owner -> owner.layer() >= 0))
        .anyMatch(each -> watched.stream().anyMatch(path -> matches("/" + each.getKey(), path)));
  }

  /** A star stands for any part of a path; other patterns are taken as if they did. */
  private static boolean matches(String folder, String watched) {
    String[] parts = watched.split("/", -1);
    String[] found = folder.split("/", -1);
    for (int i = 0; i < parts.length && i < found.length; i++) {
      if (parts[i].chars().noneMatch(c -> "*?[".indexOf(c) >= 0) && !parts[i].equals(found[i])) {
        return false;
      }
    }
    return parts.length == found.length;
  }

  /** Takes a package of the base away. */
  void remove(BasePackage owner, FileTree tree) {
    places(owner)
        .forEach(
            (place, listed) -> {
              if (owner.listed().folders().containsKey(listed)) {
                folders.getOrDefault(place, new HashSet<>()).remove(owner);
                goneFolders.add(place);
              } else if (tree.find(place)
                  .flatMap(FileTree.Node::brought)
                  .equals(Optional.of(owner))) {
                if (isUsers(place)) {
                  tree.disown(place);
                } else {
                  tree.remove(place);
                  gone.add(place);
                }
              }
            });
  }

  /** Returns the whiteouts of all that is gone since the last call. */
  List<PackageFile> whiteouts(FileTree tree, Set<String> added, long mtime) {
    for (String folder : goneFolders) {
      if (folders.getOrDefault(folder, Set.of()).isEmpty() && !tree.hasBelow(folder)) {
        tree.remove(folder);
        gone.add(folder);
      }
    }
    goneFolders.clear();
    gone.removeIf(path -> tree.find(path).isPresent() || added.contains(path));
    List<PackageFile> whiteouts = new ArrayList<>();
    for (String path : gone) {
      if (!gone.contains(EntryPath.parent(path))) {
        String parent = EntryPath.parent(path);
        String name = WHITEOUT + EntryPath.name(path);
        whiteouts.add(
            PackageFile.of(
                TarEntry.file(parent.isEmpty() ? name : parent + "/" + name, 0644, 0, mtime),
                new byte[0]));
      }
    }
    touched.addAll(gone);
    gone.clear();
    return whiteouts;
  }

  /** Notes that a layer has something else at a path. */
  void touch(String path) {
    touched.add(path);
  }

  private boolean isTouched(String path) {
    for (String each = path; !each.isEmpty(); each = EntryPath.parent(each)) {
      if (touched.contains(each)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns whether the base holds a file just so, and no layer has changed it.
   *
   * @param checksum of its content or link target, {@code Q1…}; empty if it is not known
   */
  boolean holds(TarEntry entry, String checksum) {
    Item item = files.items().get(entry.path());
    if (item == null || item.entry().type() != entry.type() || isTouched(entry.path())) {
      return false;
    }
    TarEntry before = item.entry();
    boolean sameOwner = before.uid() == entry.uid() && before.gid() == entry.gid();
    boolean link = entry.type() == TarEntry.Type.SYMLINK;
    return sameOwner
        && (link || before.mode() == entry.mode())
        && attributes(before).equals(attributes(entry))
        && (entry.type() == TarEntry.Type.DIRECTORY
            || (link && before.link().equals(entry.link()))
            || (entry.type() == TarEntry.Type.FILE && item.checksum().equals(checksum)));
  }

  /**
   * Returns whether the base holds a file just so.
   *
   * @throws IOException if the file cannot be read
   */
  boolean holds(PackageFile file) throws IOException {
    if (file.entry().type() != TarEntry.Type.FILE) {
      return holds(file.entry(), "");
    }
    MessageDigest sha1 = Checksums.sha1();
    try (InputStream in = file.content().open()) {
      sha1.update(in.readAllBytes());
    }
    return holds(file.entry(), Checksums.q1OfHash(sha1.digest()));
  }

  private static Map<String, String> attributes(TarEntry entry) {
    Map<String, String> attributes = new HashMap<>(entry.paxHeaders());
    attributes.keySet().removeIf(key -> !key.startsWith(TarEntry.ATTRIBUTE));
    return attributes;
  }
}
