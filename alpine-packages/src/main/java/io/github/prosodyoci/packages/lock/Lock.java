package io.github.prosodyoci.packages.lock;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.packages.PackageCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What {@code alpine.lock} says: which packages come from which repositories on the network, each
 * pinned by its digest. It is to be committed.
 *
 * @param version of this form, {@value #VERSION}
 * @param platforms what is locked, by platform, such as {@code linux/amd64}
 */
public record Lock(int version, Map<String, Target> platforms) {

  static final int VERSION = 1;

  /**
   * What is locked for one platform.
   *
   * @param repositories in their order
   */
  public record Target(List<LockedRepository> repositories) {
    /** Copies the list. */
    public Target {
      repositories = List.copyOf(repositories);
    }
  }

  /**
   * A repository.
   *
   * @param url its address, without the architecture
   * @param tag the tag that world entries name it by; empty for none
   * @param index the digest of the index that the packages were chosen from
   * @param keys the trusted keys, one of which has signed the index: the digests of their
   *     SubjectPublicKeyInfo, by name
   * @param packages those that were chosen, by name
   */
  public record LockedRepository(
      String url,
      String tag,
      Digest index,
      Map<String, Digest> keys,
      List<LockedPackage> packages) {
    /** Copies the collections. */
    public LockedRepository {
      keys = Collections.unmodifiableMap(new TreeMap<>(keys));
      packages = List.copyOf(packages);
    }
  }

  /**
   * A package.
   *
   * @param name its name
   * @param version its version
   * @param url where it is
   * @param size its file's size in bytes
   * @param sha256 the digest of its file
   * @param identity the checksum of its control part, {@code Q1…}
   */
  public record LockedPackage(
      String name, String version, String url, long size, Digest sha256, String identity) {}

  /** Copies the map. */
  public Lock {
    platforms = Collections.unmodifiableMap(new TreeMap<>(platforms));
  }

  /** Returns a lock that holds nothing. */
  public static Lock empty() {
    return new Lock(VERSION, Map.of());
  }

  /**
   * Returns the lock in a file, or an empty one if there is no such file.
   *
   * @throws IOException if the file cannot be read
   * @throws FailureException if it is no lock of this version ({@code lock})
   */
  public static Lock read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return empty();
    }
    Lock lock;
    try {
      lock = Json.read(file, Lock.class);
    } catch (IOException | RuntimeException e) {
      throw Failure.of(PackageCode.LOCK, "read", "the lock " + file, "it is damaged")
          .toException(e);
    }
    if (lock.version != VERSION) {
      throw Failure.of(
              PackageCode.LOCK, "use", "the lock " + file, "its version is " + lock.version)
          .expecting("version " + VERSION)
          .toException();
    }
    return lock;
  }

  /**
   * Writes the lock.
   *
   * @throws IOException if the file cannot be written
   */
  public void write(Path file) throws IOException {
    Json.write(file, this);
  }

  /** Returns what is locked for a platform. */
  public Optional<Target> target(Platform platform) {
    return Optional.ofNullable(platforms.get(platform.toString()));
  }

  /** Returns this lock with something else locked for a platform. */
  public Lock with(Platform platform, Target target) {
    Map<String, Target> changed = new TreeMap<>(platforms);
    changed.put(platform.toString(), target);
    return new Lock(VERSION, changed);
  }
}
