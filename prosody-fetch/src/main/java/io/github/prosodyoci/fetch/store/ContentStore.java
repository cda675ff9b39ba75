package io.github.prosodyoci.fetch.store;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.FileIdentity;
import io.github.prosodyoci.core.LockFile;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.core.UseMark;
import io.github.prosodyoci.fetch.FetchCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Files by their SHA-256, shared by all builds of a user. A file appears whole, with the digest it
 * is named by, or not at all; it is hashed again each time it is read. Several threads and
 * processes may use one store.
 */
public final class ContentStore {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path cache;
  private final Path files;
  private final Consumer<String> warnings;
  private final Quarantine quarantine;

  /**
   * Opens the store of a cache folder; nothing is made before something is added.
   *
   * @param cache the cache folder, such as {@code ~/.cache/prosody-oci}
   */
  public ContentStore(Path cache) {
    this(cache, warning -> {});
  }

  /**
   * Opens the store of a cache folder; nothing is made before something is added.
   *
   * @param cache the cache folder, such as {@code ~/.cache/prosody-oci}
   * @param warnings receives warnings, such as of damaged files
   */
  public ContentStore(Path cache, Consumer<String> warnings) {
    this.cache = cache;
    this.files = cache.resolve("store").resolve("sha256");
    this.warnings = warnings;
    this.quarantine = new Quarantine(cache.resolve("store").resolve("quarantine"), warnings);
  }

  /** Returns the cache folder. */
  public Path cache() {
    return cache;
  }

  /** Returns the place of the file with a digest. */
  Path path(Digest digest) {
    return files.resolve(digest.hex().substring(0, 2)).resolve(digest.hex());
  }

  /** Returns where the origin of a stored file is kept. */
  static Path originOf(Path file) {
    return file.resolveSibling(file.getFileName() + ".origin");
  }

  private static Path hashedOf(Path file) {
    return file.resolveSibling(file.getFileName() + ".hashed");
  }

  /**
   * Removes the file with a digest, if the store has it, with all that is kept about it.
   *
   * @throws FailureException if the store cannot be written
   */
  public void remove(Digest digest) {
    Path path = path(digest);
    locked(
        digest,
        () -> {
          try {
            for (Path each : List.of(path, originOf(path), hashedOf(path), UseMark.of(path))) {
              Files.deleteIfExists(each);
            }
            return path;
          } catch (IOException e) {
            throw unwritable(path, e);
          }
        });
  }

  /**
   * Returns the file with a digest, if the store has it. It is hashed each time: one that has
   * changed is set aside in {@code store/quarantine}, with a warning, and is not returned.
   *
   * @throws FailureException if a damaged file cannot be set aside
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
      if (FileFailures.isInterrupt(e)) {
        throw FileFailures.interrupted("read", path.toString(), e);
      }
      damage = "it cannot be read (" + Reasons.of(e) + ")";
    }
    quarantine.add(path, damage);
    return Optional.empty();
  }

  /**
   * Returns the file with a digest as {@link #find} does, but does not hash it again if nobody has
   * touched it since it was last hashed: for those who only make sure that it is there. Whoever
   * reads it must hash what is read.
   *
   * @throws FailureException if a damaged file cannot be set aside
   */
  public Optional<Path> locate(Digest digest) {
    Path path = path(digest);
    Path hashed = hashedOf(path);
    try {
      // The identity from before it is hashed, so that a change in between shows.
      String identity = FileIdentity.of(path);
      if (Files.exists(hashed) && Files.readString(hashed).equals(identity)) {
        UseMark.renew(path);
        return Optional.of(path);
      }
      Optional<Path> found = find(digest);
      if (found.isPresent()) {
        Files.writeString(hashed, identity);
        UseMark.renew(path);
      }
      return found;
    } catch (IOException e) {
      return find(digest); // it is absent, or the store is read-only
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
      return Optional.of(Files.readString(originOf(path(digest)), StandardCharsets.UTF_8).strip());
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
   * @throws FailureException if the content has another digest, cannot be read, or cannot be
   *     written; nothing is left behind then
   */
  public Path add(Digest digest, String origin, InputStream content) {
    Optional<Path> there = find(digest);
    if (there.isPresent()) {
      return there.get();
    }
    return locked(digest, () -> addAbsent(digest, origin, content));
  }

  private Path addAbsent(Digest digest, String origin, InputStream content) {
    try (Incoming incoming = incoming(digest)) {
      byte[] buffer = new byte[1 << 16];
      for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
        incoming.write(buffer, count);
      }
      if (!incoming.digest().equals(digest)) {
        throw Failure.of(
                FetchCode.DIGEST_MISMATCH,
                "store",
                origin,
                "its digest is " + incoming.digest() + ", in " + incoming.size() + " bytes")
            .expecting(digest.toString())
            .toException();
      }
      return incoming.commit(origin).path();
    } catch (IOException e) {
      if (FileFailures.isInterrupt(e)) {
        throw FileFailures.interrupted("store", origin, e);
      }
      throw Failure.of(FetchCode.UNREADABLE, "store", origin, Reasons.of(e)).toException(e);
    }
  }

  /** Returns a place for the content with a digest, whose {@link #locked lock} is held. */
  public Incoming incoming(Digest digest) {
    return new Incoming(this, path(digest));
  }

  /** Returns a place for content whose digest is not known yet. */
  public Incoming incoming() {
    return new Incoming(this, cache.resolve("store").resolve("unpinned").resolve("file"));
  }

  /**
   * Does something while nobody else, in this or another process, does something with the same
   * digest.
   *
   * @throws FailureException if the store cannot be written
   */
  public <T> T locked(Digest digest, Supplier<T> work) {
    Path file = cache.resolve("store").resolve("locks").resolve(digest.hex());
    LockFile lock;
    try {
      lock =
          LockFile.acquire(
              file,
              PATIENCE,
              () ->
                  warnings.accept(
                      "Waiting for another build that fetches "
                          + digest
                          + " and holds "
                          + file
                          + ". If no such build runs, end the process that has the file open."));
    } catch (InterruptedException e) {
      throw FileFailures.interrupted("lock", file.toString(), e);
    } catch (IOException e) {
      throw unwritable(file, e);
    }
    // Where locks do not work, files still appear by atomic rename: at worst one is fetched twice.
    try (lock) {
      if (lock.isHeld()) {
        removeLeftovers(digest);
      }
      return work.get();
    }
  }

  /** Removes what a killed process left of a file; with the lock held, nobody else writes it. */
  private void removeLeftovers(Digest digest) {
    Path folder = path(digest).resolveSibling("");
    try (DirectoryStream<Path> parts =
        Files.newDirectoryStream(folder, Incoming.prefix(path(digest)) + "*.part")) {
      for (Path part : parts) {
        Files.deleteIfExists(part);
      }
    } catch (IOException | DirectoryIteratorException e) {
      return; // no such folder yet; or they stay, and do no harm
    }
  }

  /** Returns the exception for a failed write; an interrupt is {@code interrupted}. */
  static FailureException unwritable(Path path, IOException cause) {
    return FileFailures.isInterrupt(cause)
        ? FileFailures.interrupted("write", path.toString(), cause)
        : Failure.of(FetchCode.STORE_UNWRITABLE, "write", path.toString(), Reasons.of(cause))
            .toException(cause);
  }
}
