package io.github.prosodyoci.compile.buildroot;

import io.github.prosodyoci.core.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The content of a build root as it was unpacked.
 *
 * @param files all files, links and folders below it, ordered by path
 */
public record BuildRootFiles(List<Item> files) {

  /** Copies the list. */
  public BuildRootFiles {
    files = List.copyOf(files);
  }

  /**
   * A file, a link or a folder.
   *
   * @param path its path below the folder
   * @param mode type and permissions (stat(2))
   * @param content a file's digest or a link's target; empty for a folder
   * @param identity what a change of the file cannot leave as it is: its inode, size and times
   */
  public record Item(String path, int mode, String content, String identity) {}

  /**
   * Lists a folder; every file is hashed.
   *
   * @throws IOException if it cannot be read
   */
  static BuildRootFiles of(Path root) throws IOException {
    try (Stream<Path> all = Files.walk(root)) {
      List<Item> items = new ArrayList<>();
      for (Path file : all.filter(file -> !file.equals(root)).sorted().toList()) {
        Map<String, Object> facts = facts(file);
        items.add(
            new Item(
                root.relativize(file).toString(), mode(facts), content(file), identity(facts)));
      }
      return new BuildRootFiles(items);
    }
  }

  /**
   * Returns the path of something in a folder that differs from this list; empty if nothing does.
   *
   * @param fully whether every file is hashed, not only those that were touched
   * @throws IOException if the folder cannot be read
   */
  public Optional<String> difference(Path root, boolean fully) throws IOException {
    Map<String, Item> expected = new HashMap<>();
    files.forEach(item -> expected.put(item.path(), item));
    Set<String> seen = new HashSet<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.filter(file -> !file.equals(root)).sorted().toList()) {
        String path = root.relativize(file).toString();
        Item item = expected.get(path);
        seen.add(path);
        if (item == null || !same(item, file, fully)) {
          return Optional.of(path);
        }
      }
    }
    return files.stream().map(Item::path).filter(path -> !seen.contains(path)).findFirst();
  }

  private static boolean same(Item item, Path file, boolean fully) throws IOException {
    Map<String, Object> facts = facts(file);
    if (mode(facts) != item.mode()) {
      return false;
    }
    boolean untouched = identity(facts).equals(item.identity());
    return (untouched && !fully) || content(file).equals(item.content());
  }

  private static Map<String, Object> facts(Path file) throws IOException {
    return Files.readAttributes(
        file, "unix:mode,ino,size,lastModifiedTime,ctime", LinkOption.NOFOLLOW_LINKS);
  }

  private static int mode(Map<String, Object> facts) {
    return facts.get("mode") instanceof Integer mode ? mode : -1;
  }

  private static String identity(Map<String, Object> facts) {
    return facts.get("ino")
        + " "
        + facts.get("size")
        + " "
        + facts.get("lastModifiedTime")
        + " "
        + facts.get("ctime");
  }

  private static String content(Path file) throws IOException {
    if (Files.isSymbolicLink(file)) {
      return Files.readSymbolicLink(file).toString();
    }
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Digest.of(file).toString() : "";
  }
}
