package io.github.prosodyoci.rootfs.inspect;

import io.github.prosodyoci.core.archive.EntryPath;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.packages.apk.Checksums;
import io.github.prosodyoci.rootfs.LinkPaths;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The files of a root file system: their headers, and the checksums of their contents. */
public final class ImageFiles {

  /** Where apk 2 and apk 3 keep what is installed. */
  public static final List<String> DATABASES =
      List.of("lib/apk/db/installed", "usr/lib/apk/db/installed");

  /** The most bytes of a file that are kept; the database of a thousand packages has some 20 MB. */
  private static final int MAX_KEPT = 128 << 20;

  /**
   * What is at a path.
   *
   * @param checksum of a file's content or a link's target, {@code Q1…}; empty for others
   */
  public record Item(TarEntry entry, String checksum) {}

  private final NavigableMap<String, Item> items = new TreeMap<>();
  private final Map<String, byte[]> contents = new TreeMap<>();
  private final Predicate<String> kept;
  private final LinkPaths links =
      new LinkPaths(path -> Optional.ofNullable(items.get(path)).map(Item::entry));

  /**
   * Creates an empty file system.
   *
   * @param kept the paths of files whose bytes are kept, beside the database of packages
   */
  ImageFiles(Predicate<String> kept) {
    this.kept = kept;
  }

  /** Returns the bytes of a file that are kept; empty if there are none. */
  public Optional<byte[]> content(String path) {
    return Optional.ofNullable(contents.get(path));
  }

  /** Returns the paths of all files whose bytes are kept. */
  public Set<String> contents() {
    return Collections.unmodifiableSet(contents.keySet());
  }

  /** Returns all paths. */
  public NavigableMap<String, Item> items() {
    return items;
  }

  /** Returns what is at a path, when links to folders on the way are followed. */
  public Optional<Item> find(String path) {
    Item item = items.get(path);
    if (item != null) {
      return Optional.of(item);
    }
    return place(path).map(items::get);
  }

  /** Returns the folder that a path leads to, free of links; empty if it leads to none. */
  public Optional<String> folder(String path) {
    return links.folder(path);
  }

  /** Returns where a path is, when links to folders on the way are followed. */
  public Optional<String> place(String path) {
    String parent = EntryPath.parent(path);
    return links
        .folder(parent)
        .map(folder -> (folder.isEmpty() ? "" : folder + "/") + EntryPath.name(path));
  }

  /** Returns the database of installed packages; empty if there is none. */
  public Optional<byte[]> database() {
    return DATABASES.stream().flatMap(path -> content(path).stream()).findFirst();
  }

  /**
   * Adds or replaces what is at a path.
   *
   * @param content the bytes of a file
   * @throws IOException if they cannot be read
   */
  void put(TarEntry entry, InputStream content) throws IOException {
    String path = entry.path();
    if (entry.type() == TarEntry.Type.HARDLINK) {
      Item target = items.get(entry.link());
      if (target != null) {
        items.put(path, target);
      }
      return;
    }
    Item before = items.get(path);
    if (before != null
        && before.entry().type() == TarEntry.Type.DIRECTORY
        && entry.type() != TarEntry.Type.DIRECTORY) {
      removeBelow(path);
    }
    items.put(path, new Item(entry, checksum(entry, content)));
  }

  private String checksum(TarEntry entry, InputStream content) throws IOException {
    if (entry.type() == TarEntry.Type.SYMLINK) {
      return Checksums.q1(entry.link().getBytes(StandardCharsets.UTF_8));
    }
    if (entry.type() != TarEntry.Type.FILE) {
      return "";
    }
    boolean keeps = DATABASES.contains(entry.path()) || kept.test(entry.path());
    if (keeps && entry.size() <= MAX_KEPT) {
      byte[] bytes = content.readNBytes((int) entry.size());
      contents.put(entry.path(), bytes);
      return Checksums.q1(bytes);
    }
    MessageDigest sha1 = Checksums.sha1();
    content.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), sha1));
    return Checksums.q1OfHash(sha1.digest());
  }

  /** Removes a path and all below it. */
  void remove(String path) {
    items.remove(path);
    contents.remove(path);
    removeBelow(path);
  }

  /** Removes all below a folder; all there is, for the root. */
  void removeBelow(String folder) {
    String start = folder.isEmpty() ? "" : folder + "/";
    String end = folder.isEmpty() ? "\uffff" : folder + "0";
    items.subMap(start, end).clear();
    contents.keySet().removeIf(path -> path.startsWith(start));
  }

  /**
   * Reads a folder that holds a root file system.
   *
   * @throws IOException if a file in it cannot be read
   */
  static ImageFiles ofFolder(Path root, Predicate<String> kept) throws IOException {
    ImageFiles files = new ImageFiles(kept);
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(root)) {
      paths = walk.filter(path -> !path.equals(root)).sorted().toList();
    }
    for (Path path : paths) {
      TarEntry entry = entry(path, root.relativize(path).toString());
      if (entry.type() == TarEntry.Type.FILE) {
        try (InputStream content = Files.newInputStream(path)) {
          files.put(entry, content);
        }
      } else {
        files.put(entry, InputStream.nullInputStream());
      }
    }
    return files;
  }

  private static TarEntry entry(Path file, String path) throws IOException {
    Map<String, Object> facts =
        Files.readAttributes(
            file, "unix:mode,uid,gid,size,isDirectory,isRegularFile", LinkOption.NOFOLLOW_LINKS);
    int mode = (int) number(facts, "mode") & 07777;
    TarEntry entry;
    if (Files.isSymbolicLink(file)) {
      entry = TarEntry.symlink(path, Files.readSymbolicLink(file).toString(), 0);
    } else if (Boolean.TRUE.equals(facts.get("isDirectory"))) {
      entry = TarEntry.directory(path, mode, 0);
    } else if (Boolean.TRUE.equals(facts.get("isRegularFile"))) {
      entry = TarEntry.file(path, mode, number(facts, "size"), 0);
    } else {
      entry = new TarEntry(path, TarEntry.Type.FIFO, mode, 0, 0, 0, 0, "", "", "", Map.of());
    }
    return entry.withOwner((int) number(facts, "uid"), (int) number(facts, "gid"), "", "");
  }

  private static long number(Map<String, Object> facts, String key) {
    if (facts.get(key) instanceof Number number) {
      return number.longValue();
    }
    throw new IllegalStateException("The file system states no " + key);
  }
}
