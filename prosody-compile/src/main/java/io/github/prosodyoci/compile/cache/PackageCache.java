package io.github.prosodyoci.compile.cache;

import io.github.prosodyoci.compile.cache.Statement.NotTrustedException;
import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.split.BuiltPackage;
import io.github.prosodyoci.core.AtomicFiles;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Folders;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.LockFile;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.core.UseMark;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Built packages on disk, one folder per key. A folder appears whole; several builds may share the
 * cache. An entry is used only if it has a statement signed with this user's key: somebody else who
 * can write there can remove packages, but not add any.
 */
public final class PackageCache {

  private static final String MANIFEST = "manifest.json";
  static final String STATEMENT = "statement.json";
  private static final int LARGEST_STATEMENT = 1 << 20;

  private final Path root;
  private final StatementKey key;
  private final boolean rebuild;
  private final Consumer<String> warnings;
  private final UnusedEntries unused;
  private final OwnFiles own;

  private PackageCache(
      Path root, StatementKey key, boolean rebuild, Consumer<String> warnings, OwnFiles own) {
    this.root = root;
    this.key = key;
    this.rebuild = rebuild;
    this.warnings = warnings;
    this.unused = new UnusedEntries(warnings);
    this.own = own;
  }

  /**
   * Opens a cache.
   *
   * @param root its folder, which is created if it is missing
   * @param key signs what is stored, and must have signed what is used
   * @param rebuild whether to use no entry, so that everything is built again
   * @param warnings receives the reason, in one line each, if an entry is not used
   * @throws io.github.prosodyoci.core.FailureException if other users can write to the folder
   *     ({@code cache-refused})
   * @throws IOException if the folder cannot be created
   */
  public static PackageCache open(
      Path root, StatementKey key, boolean rebuild, Consumer<String> warnings) throws IOException {
    return open(root, key, rebuild, warnings, OwnFiles.ofThisUser());
  }

  static PackageCache open(
      Path root, StatementKey key, boolean rebuild, Consumer<String> warnings, OwnFiles own)
      throws IOException {
    OwnFiles.makeFolder(root, "rwxr-xr-x");
    Optional<String> objection = own.objectionToFolder(root);
    if (objection.isPresent()) {
      throw Failure.of(CompileCode.CACHE_REFUSED, "use", "the package cache", objection.get())
          .toException();
    }
    return new PackageCache(root, key, rebuild, warnings, own);
  }

  /**
   * The packages of a key.
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
   * Returns the packages of a key, if their statement vouches for them; every file is hashed. An
   * entry that is not used stays until it is replaced.
   *
   * @param input the key
   * @param recipe the recipe's name, for the warning that says why an entry is not used
   * @throws IOException if this thread is interrupted while it reads
   */
  public Optional<Entry> find(Digest input, String recipe) throws IOException {
    return rebuild ? Optional.empty() : vouchedFor(input, recipe);
  }

  private Optional<Entry> vouchedFor(Digest input, String recipe) throws IOException {
    Path folder = folder(input);
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try {
      Entry entry = checked(input, folder);
      UseMark.renew(folder);
      return Optional.of(entry);
    } catch (NotTrustedException e) {
      unused.warn(input, folder, recipe, e.reason());
      return Optional.empty();
    } catch (IOException e) {
      if (FileFailures.isInterrupt(e)) {
        throw e;
      }
      // Another build may just be replacing it, or it is not readable.
      unused.warn(input, folder, recipe, "it cannot be read: " + Reasons.of(e));
      return Optional.empty();
    }
  }

  private Entry checked(Digest input, Path folder) throws IOException, NotTrustedException {
    refuse(own.objectionToFolder(folder));
    Statement statement = Statement.verify(read(folder.resolve(STATEMENT), LARGEST_STATEMENT), key);
    if (!statement.input().equals(input)) {
      throw new NotTrustedException("its statement belongs to another entry");
    }
    Set<String> present =
        Folders.list(folder).stream()
            .map(file -> file.getFileName().toString())
            .collect(Collectors.toSet());
    present.remove(STATEMENT);
    if (!present.equals(statement.files().keySet())) {
      throw new NotTrustedException("its files are not those in its statement");
    }
    for (String name : present) {
      checkName(name);
      Path file = folder.resolve(name);
      refuse(own.objectionToFile(file, OwnFiles.WRITABLE));
      checkDigest(name, Digest.of(file), statement);
    }
    byte[] manifest = read(folder.resolve(MANIFEST), Integer.MAX_VALUE);
    checkDigest(MANIFEST, Digest.of(manifest), statement);
    Entry entry = parsed(manifest);
    for (BuiltPackage each : entry.packages()) {
      checkName(each.file());
      checkDigest(each.file(), each.digest(), statement);
    }
    return entry;
  }

  private static Entry parsed(byte[] manifest) throws NotTrustedException {
    try {
      return Json.parse(MANIFEST, manifest, Entry.class);
    } catch (IOException e) {
      throw new NotTrustedException("another version of prosody-compile stored it");
    }
  }

  private byte[] read(Path file, int most) throws IOException, NotTrustedException {
    refuse(own.objectionToFile(file, OwnFiles.WRITABLE));
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return in.readNBytes(most);
    }
  }

  private static void refuse(Optional<String> objection) throws NotTrustedException {
    if (objection.isPresent()) {
      throw new NotTrustedException(objection.get());
    }
  }

  /** Refuses a name that is not that of a file in the same folder. */
  private static void checkName(String name) throws NotTrustedException {
    if (name.isEmpty()
        || name.equals(".")
        || name.equals("..")
        || name.indexOf('/') >= 0
        || name.chars().anyMatch(Character::isISOControl)) {
      throw new NotTrustedException("one of its files has a name that is not plain");
    }
  }

  private static void checkDigest(String name, Digest found, Statement statement)
      throws NotTrustedException {
    Digest expected = statement.files().get(name);
    if (!found.equals(expected)) {
      throw new NotTrustedException(name + ": expected " + expected + ", found " + found);
    }
  }

  /**
   * Moves the packages of a build into the cache.
   *
   * @param built their folder, on the same disk; it no longer exists afterwards
   * @return what is in the cache now: another build may have stored the same packages first
   * @throws IOException if the cache cannot be written
   * @throws InterruptedException if this thread is interrupted while another build stores packages
   */
  public Entry store(Entry entry, Path built) throws IOException, InterruptedException {
    Json.write(built.resolve(MANIFEST), entry);
    SortedMap<String, Digest> files = new TreeMap<>();
    for (Path file : Folders.list(built)) {
      files.put(file.getFileName().toString(), Digest.of(file));
      OwnFiles.close(file);
    }
    byte[] statement = new Statement(entry.key(), entry.recipe(), files).signed(key);
    AtomicFiles.write(built.resolve(STATEMENT), out -> out.write(statement));
    OwnFiles.close(built.resolve(STATEMENT));
    OwnFiles.close(built);
    Path folder = folder(entry.key());
    LockFile lock = LockFile.beside(root.resolve(".store"), () -> {});
    try (lock) {
      Optional<Entry> there = vouchedFor(entry.key(), entry.recipe());
      if (there.isPresent() && keeps(there.get(), entry)) {
        Folders.delete(built);
        return there.get();
      }
      if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
        discard(folder);
      }
      Files.move(built, folder, StandardCopyOption.ATOMIC_MOVE);
      return entry;
    }
  }

  /** Returns whether an entry stays although it was built once more. */
  private boolean keeps(Entry there, Entry built) {
    if (there.packages().equals(built.packages())) {
      return true;
    }
    if (rebuild) {
      warnings.accept(
          "The packages of "
              + built.recipe()
              + " differ from those in the cache, which they replace: its build is not"
              + " reproducible");
    }
    return !rebuild;
  }

  /**
   * Removes the packages of a key, if there are any.
   *
   * @throws IOException if they cannot be removed
   */
  public void discard(Digest input) throws IOException {
    if (Files.exists(folder(input), LinkOption.NOFOLLOW_LINKS)) {
      discard(folder(input));
    }
  }

  /** Removes a folder in one step, so that nobody sees half of it. */
  private void discard(Path folder) throws IOException {
    Path aside = Files.createTempDirectory(root, ".discarded");
    Files.move(folder, aside.resolve("entry"), StandardCopyOption.ATOMIC_MOVE);
    Folders.delete(aside);
  }
}
