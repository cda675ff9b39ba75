package io.github.prosodyoci.evidence.rebuild;

import io.github.prosodyoci.core.AtomicFiles;
import io.github.prosodyoci.core.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Copies downloads from another cache: files whose digest is their name, and signed lists, which
 * the build verifies as if it had downloaded them. What was built or verified elsewhere stays
 * there.
 */
final class SharedDownloads {

  private static final Pattern NAME = Pattern.compile("[0-9a-f]{64}");

  private SharedDownloads() {}

  /**
   * Copies what is good.
   *
   * @return how many files were copied
   * @throws IOException if a file cannot be read or written
   */
  static int copy(Path from, Path to) throws IOException {
    int copied = 0;
    Path store = from.resolve("store").resolve("sha256");
    if (Files.isDirectory(store)) {
      for (Path file : files(store)) {
        String name = String.valueOf(file.getFileName());
        Path target = to.resolve("store").resolve("sha256").resolve(store.relativize(file));
        if (NAME.matcher(name).matches() && copied(file, target, name)) {
          copied++;
        }
      }
    }
    Path documents = from.resolve("documents");
    if (Files.isDirectory(documents)) {
      for (Path file : files(documents)) {
        Path target = to.resolve("documents").resolve(documents.relativize(file));
        AtomicFiles.write(target, out -> Files.copy(file, out));
      }
    }
    return copied;
  }

  /** Copies a file while its digest is computed; a damaged one is left out. */
  private static boolean copied(Path file, Path target, String name) throws IOException {
    boolean[] good = {false};
    AtomicFiles.write(
        target,
        out -> {
          try (InputStream in = Files.newInputStream(file);
              DigestInputStream counted = new DigestInputStream(in, Digest.sha256())) {
            counted.transferTo(out);
            good[0] = Digest.of(counted.getMessageDigest()).hex().equals(name);
          }
        });
    if (!good[0]) {
      Files.delete(target);
    }
    return good[0];
  }

  private static Iterable<Path> files(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .sorted()
          .toList();
    }
  }
}
