package io.github.prosodyoci.compile.cache;

import io.github.prosodyoci.archive.Digest;
import io.github.prosodyoci.archive.Json;
import io.github.prosodyoci.compile.run.Folders;
import io.github.prosodyoci.compile.split.BuiltPackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * Built packages on disk, one folder per key. A folder appears whole; several builds may share the
 * cache.
 */
public final class PackageCache {

  private static final String MANIFEST = "manifest.json";

  private final Path root;

  /** Creates a cache in a folder, which need not exist. */
  public PackageCache(Path root) {
    this.root = root;
  }

  /**
   * What is kept under a key.
   *
   * @param key the key
   * @param recipe the recipe's name
   * @param seconds how long the build took
   * @param packages the packages, the main one first
   */
  public record Entry(Digest key, String recipe, long seconds, List<BuiltPackage> packages) {

    /** Copies the list. */
    public Entry {
      packages = List.copyOf(packages);
    }
  }

  /** Returns the folder of a key. */
  public Path folder(Digest key) {
    return root.resolve(key.hex());
  }

  /**
   * Returns what is kept under a key. Every file is hashed; an entry with a file that is gone or
   * has changed is removed.
   *
   * @throws IOException if the cache cannot be read
   */
  public Optional<Entry> find(Digest key) throws IOException {
    Path folder = folder(key);
    Path manifest = folder.resolve(MANIFEST);
    if (!Files.isRegularFile(manifest)) {
      return Optional.empty();
    }
    Optional<Entry> entry = intact(folder, manifest);
    if (entry.isEmpty()) {
      discard(folder);
    }
    return entry;
  }

  private static Optional<Entry> intact(Path folder, Path manifest) {
    try {
      Entry entry = Json.read(manifest, Entry.class);
      for (BuiltPackage each : entry.packages()) {
        Path file = folder.resolve(each.file());
        if (Files.size(file) != each.size() || !Digest.of(file).equals(each.digest())) {
          return Optional.empty();
        }
      }
      return Optional.of(entry);
    } catch (IOException | RuntimeException e) {
      // Whatever is wrong with it, it is built again.
      return Optional.empty();
    }
  }

  /**
   * Takes over a folder with the packages of a build.
   *
   * @param built a folder on the same disk; it is gone afterwards
   * @throws IOException if the cache cannot be written
   */
  public void store(Entry entry, Path built) throws IOException {
    Json.write(built.resolve(MANIFEST), entry);
    Files.createDirectories(root);
    Path folder = folder(entry.key());
    if (find(entry.key()).isPresent()) {
      // Another build was faster; both are the same.
      Folders.delete(built);
      return;
    }
    if (Files.exists(folder)) {
      discard(folder);
    }
    Files.move(built, folder, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Takes a folder away in one go, so that nobody sees half of it. */
  private void discard(Path folder) throws IOException {
    Path aside = Files.createTempDirectory(root, ".discarded");
    Files.move(folder, aside.resolve("entry"), StandardCopyOption.ATOMIC_MOVE);
    Folders.delete(aside);
  }
}
