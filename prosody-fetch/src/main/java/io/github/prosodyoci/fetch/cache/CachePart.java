package io.github.prosodyoci.fetch.cache;

import io.github.prosodyoci.core.UseMark;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** A part of the cache whose entries can be made again, and so may be removed. */
public enum CachePart {
  /** Downloaded files, by their SHA-256. */
  SOURCES("sources", "store/sha256", "[0-9a-f]{64}") {
    @Override
    List<Path> folders(Path folder) throws IOException {
      return children(folder, "[0-9a-f]{2}");
    }
  },
  /** Compiled packages, by the digest of their inputs. */
  PACKAGES("packages", "packages", "[0-9a-f]{64}"),
  /** Unpacked build roots. */
  BUILD_ROOTS("build roots", "build-root", "[0-9a-f]{16}");

  private final String title;
  private final String folder;
  private final String entries;

  CachePart(String title, String folder, String entries) {
    this.title = title;
    this.folder = folder;
    this.entries = entries;
  }

  /** Returns what the part is called in messages. */
  public String title() {
    return title;
  }

  /**
   * Returns the entries of this part of a cache, ordered by path.
   *
   * @throws IOException if the cache cannot be read
   */
  List<CacheEntry> entries(Path cache) throws IOException {
    List<CacheEntry> found = new ArrayList<>();
    for (Path parent : folders(cache.resolve(folder))) {
      for (Path path : children(parent, entries)) {
        entry(path).ifPresent(found::add);
      }
    }
    return found;
  }

  private Optional<CacheEntry> entry(Path path) throws IOException {
    try {
      return Optional.of(new CacheEntry(this, path, size(path), UseMark.lastUse(path)));
    } catch (NoSuchFileException e) {
      return Optional.empty(); // another build has just removed it
    }
  }

  /** Returns the folders that hold the entries. */
  List<Path> folders(Path folder) throws IOException {
    return List.of(folder);
  }

  private static List<Path> children(Path folder, String name) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    Pattern pattern = Pattern.compile(name);
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> inside =
        Files.newDirectoryStream(
            folder, path -> pattern.matcher(path.getFileName().toString()).matches())) {
      inside.forEach(found::add);
    }
    found.sort(null);
    return found;
  }

  private static long size(Path path) throws IOException {
    long[] bytes = {0};
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes[0] += attributes.isRegularFile() ? attributes.size() : 0;
            return FileVisitResult.CONTINUE;
          }
        });
    return bytes[0];
  }
}
