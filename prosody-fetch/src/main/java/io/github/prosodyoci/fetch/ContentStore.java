package io.github.prosodyoci.fetch;

import io.github.prosodyoci.archive.AtomicFiles;
import io.github.prosodyoci.archive.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * Files by their SHA-256, shared by all builds of a user. A file appears whole, with the digest it
 * is named by, or not at all; it is hashed again each time it is asked for. Several threads and
 * processes may use one store.
 */
public final class ContentStore {

  private final Path cache;
  private final Path files;
  private final Progress progress;

  /**
   * Opens the store of a cache folder; nothing is made before something is added.
   *
   * @param cache the cache folder, such as {@code ~/.cache/prosody-oci}
   */
  public ContentStore(Path cache) {
    this(cache, Progress.SILENT);
  }

  /**
   * Opens the store of a cache folder; nothing is made before something is added.
   *
   * @param cache the cache folder, such as {@code ~/.cache/prosody-oci}
   * @param progress is warned of damaged files
   */
  public ContentStore(Path cache, Progress progress) {
    this.cache = cache;
    this.files = cache.resolve("store").resolve("sha256");
    this.progress = progress;
  }

  /** Returns the cache folder. */
  public Path cache() {
    return cache;
  }

  private Path path(Digest digest) {
    return files.resolve(digest.hex().substring(0, 2)).resolve(digest.hex());
  }

  private Path originPath(Digest digest) {
    return path(digest).resolveSibling(digest.hex() + ".origin");
  }

  /**
   * Returns the file with a digest, if the store has it. It is hashed each time: one that has
   * changed is set aside in {@code store/quarantine}, with a warning, and is not found.
   *
   * @throws FetchException if a damaged file cannot be set aside
   */
  public Optional<Path> find(Digest digest) {
    Path path = path(digest);
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    String damage;
    try {
      if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        Digest found = Digest.of(path);
        if (found.equals(digest)) {
          return Optional.of(path);
        }
        damage = "its content has the digest " + found;
      } else {
        damage = "it is not a regular file";
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      damage = "it cannot be read (" + Reasons.of(e) + ")";
    }
    quarantine(path, damage);
    return Optional.empty();
  }

  private void quarantine(Path path, String damage) {
    Path folder = cache.resolve("store").resolve("quarantine");
    try {
      Files.createDirectories(folder);
      Path place = Files.createTempDirectory(folder, "").resolve(path.getFileName());
      Files.move(path, place, StandardCopyOption.ATOMIC_MOVE);
      progress.warning(
          "The stored file " + path + " is damaged: " + damage + ". It was moved to " + place);
    } catch (NoSuchFileException e) {
      return; // another process was faster
    } catch (IOException e) {
      throw new FetchException(
          "Could not set aside the stored file "
              + path
              + ": "
              + damage
              + ", and moving it failed: "
              + Reasons.of(e)
              + ". Remove it by hand.",
          e);
    }
  }

  /** Returns the size in bytes of the file with a digest, which is not hashed, or 0 without one. */
  public long sizeHint(Digest digest) {
    try {
      return Files.size(path(digest));
    } catch (IOException e) {
      return 0;
    }
  }

  /** Returns the address that a stored file came from when it was first fetched, if known. */
  public Optional<String> origin(Digest digest) {
    try {
      return Optional.of(Files.readString(originPath(digest), StandardCharsets.UTF_8).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Puts a file into the store, unless it is there.
   *
   * @param digest the digest that the content must have
   * @param origin where the content comes from, as {@link #origin} returns it later
   * @param content read to its end and not closed
   * @return where the file lies
   * @throws FetchException if the content has another digest, cannot be read, or cannot be written;
   *     nothing is left behind then
   */
  public Path add(Digest digest, String origin, InputStream content) {
    Optional<Path> there = find(digest);
    if (there.isPresent()) {
      return there.get();
    }
    return locked(digest, () -> addAbsent(digest, origin, content));
  }

  private Path addAbsent(Digest digest, String origin, InputStream content) {
    try {
      return receive(digest, origin, content, Long.MAX_VALUE, count -> {});
    } catch (OriginException e) {
      throw new FetchException(
          "Could not add " + digest + " to the store " + cache + ": " + e.answer(), e);
    }
  }

  /**
   * Writes what comes from an origin.
   *
   * @throws OriginException if the origin fails, or gives other bytes or too many
   * @throws FetchException if the store cannot be written
   */
  Path receive(
      Digest digest, String origin, InputStream content, long maximumBytes, LongConsumer received)
      throws OriginException {
    Path path = path(digest);
    try {
      AtomicFiles.write(path, out -> copy(content, out, digest, maximumBytes, received));
      makeReadOnly(path);
      AtomicFiles.write(
          originPath(digest), out -> out.write((origin + "\n").getBytes(StandardCharsets.UTF_8)));
      return path;
    } catch (OriginException e) {
      throw e;
    } catch (IOException e) {
      throw unwritable(path, e);
    }
  }

  private static void copy(
      InputStream content,
      OutputStream out,
      Digest digest,
      long maximumBytes,
      LongConsumer received)
      throws IOException {
    MessageDigest sha256 = Digest.sha256();
    byte[] buffer = new byte[1 << 16];
    long total = 0;
    while (true) {
      int count;
      try {
        count = content.read(buffer);
      } catch (OriginException e) {
        throw e;
      } catch (IOException e) {
        throw new OriginException(
            "reading failed: " + Reasons.of(e), OriginException.Next.TRY_AGAIN);
      }
      if (count < 0) {
        break;
      }
      total += count;
      if (total > maximumBytes) {
        throw new OriginException(
            "larger than " + maximumBytes + " bytes", OriginException.Next.WRONG_CONTENT);
      }
      sha256.update(buffer, 0, count);
      out.write(buffer, 0, count);
      received.accept(total);
    }
    Digest found = Digest.of(sha256);
    if (!found.equals(digest)) {
      throw new OriginException(
          "digest mismatch: expected " + digest + ", found " + found + " in " + total + " bytes",
          OriginException.Next.WRONG_CONTENT);
    }
  }

  private static void makeReadOnly(Path path) throws IOException {
    if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r--r--r--"));
    }
  }

  /**
   * Does something while nobody else, in this or another process, does something with the same
   * digest.
   *
   * @throws FetchException if the store cannot be written
   */
  <T> T locked(Digest digest, Supplier<T> work) {
    Path file = cache.resolve("store").resolve("locks").resolve(digest.hex());
    DigestLock lock;
    try {
      lock = DigestLock.acquire(file);
    } catch (IOException e) {
      throw unwritable(file, e);
    }
    try {
      if (lock.isHeld()) {
        removeLeftovers(digest);
      }
      return work.get();
    } finally {
      lock.close();
    }
  }

  /** Removes what a killed process left of a file; with the lock held, nobody else writes it. */
  private void removeLeftovers(Digest digest) {
    Path folder = path(digest).resolveSibling("");
    try (DirectoryStream<Path> parts =
        Files.newDirectoryStream(folder, "." + digest.hex() + "*.part")) {
      for (Path part : parts) {
        Files.deleteIfExists(part);
      }
    } catch (IOException | DirectoryIteratorException e) {
      return; // no such folder yet; or they stay, and do no harm
    }
  }

  static FetchException unwritable(Path path, IOException cause) {
    return new FetchException(
        "Could not write "
            + path
            + ": "
            + Reasons.of(cause)
            + ". Make room or give write permission there, or choose another cache folder with"
            + " -Dprosodyoci.cache=<folder>.",
        cause);
  }
}
