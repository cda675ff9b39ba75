package io.github.prosodyoci.compile.buildroot;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FileIdentity;
import io.github.prosodyoci.core.Workers;
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
import java.util.concurrent.Future;
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
   * @param identity what a change of the file cannot leave as it is ({@link FileIdentity})
   */
  public record Item(String path, int mode, String content, String identity) {}

  /**
   * Lists a folder; every file is hashed.
   *
   * @param threads how many files to hash at the same time
   * @throws IOException if it cannot be read
   * @throws InterruptedException if this thread is interrupted
   */
  static BuildRootFiles of(Path root, int threads) throws IOException, InterruptedException {
    try (Stream<Path> all = Files.walk(root);
        Workers workers = new Workers("prosody-compile build root", threads)) {
      List<Future<Item>> listed =
          all.filter(file -> !file.equals(root))
              .sorted()
              .map(file -> workers.submit(() -> item(root, file)))
              .toList();
      List<Item> items = new ArrayList<>();
      for (Future<Item> each : listed) {
        items.add(Workers.await(each));
      }
      return new BuildRootFiles(items);
    }
  }

  private static Item item(Path root, Path file) throws IOException {
    // Before the content, so that a change in between is found later.
    String identity = FileIdentity.of(file);
    return new Item(root.relativize(file).toString(), mode(file), content(file), identity);
  }

  /**
   * Returns the same content with the identities that the files of another folder have now; whether
   * these files have this content is still to be checked. What is missing there has none.
   *
   * @throws IOException if the folder cannot be read
   */
  BuildRootFiles identifiedIn(Path root) throws IOException {
    List<Item> items = new ArrayList<>();
    for (Item item : files) {
      Path file = root.resolve(item.path());
      boolean exists = Files.exists(file, LinkOption.NOFOLLOW_LINKS);
      items.add(
          new Item(item.path(), item.mode(), item.content(), exists ? FileIdentity.of(file) : ""));
    }
    return new BuildRootFiles(items);
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
    if (mode(file) != item.mode()) {
      return false;
    }
    boolean untouched = FileIdentity.of(file).equals(item.identity());
    return (untouched && !fully) || content(file).equals(item.content());
  }

  private static int mode(Path file) throws IOException {
    return Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS) instanceof Integer mode
        ? mode
        : -1;
  }

  private static String content(Path file) throws IOException {
    if (Files.isSymbolicLink(file)) {
      return Files.readSymbolicLink(file).toString();
    }
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Digest.of(file).toString() : "";
  }
}
