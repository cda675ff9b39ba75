package io.github.prosodyoci.packages.lock;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.fetch.Fetcher;
import io.github.prosodyoci.fetch.Progress;
import io.github.prosodyoci.fetch.store.ContentStore;
import io.github.prosodyoci.fetch.unpinned.Documents;
import io.github.prosodyoci.fetch.unpinned.UnpinnedDownloads;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.lock.Lock.LockedRepository;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Opens the repositories of a build: those on disk as they are, those on the network as locked. */
public final class Repositories {

  /**
   * What reaches the network, and keeps what came from there.
   *
   * @param documents fetches indexes
   * @param store keeps packages
   * @param unpinned fetches packages that are not pinned yet
   * @param fetcher fetches pinned packages
   * @param warnings is told, in a line, what of an index is not used
   */
  public record Network(
      Documents documents,
      ContentStore store,
      UnpinnedDownloads unpinned,
      Fetcher fetcher,
      Consumer<String> warnings) {

    /**
     * Returns what reaches the network by way of a cache.
     *
     * @param cache the cache folder, such as {@code ~/.cache/prosody-oci}
     */
    public static Network of(Path cache, FetchSettings settings, Progress progress) {
      return new Network(
          new Documents(cache, settings, progress),
          new ContentStore(cache, progress::warning),
          new UnpinnedDownloads(cache, settings, progress),
          new Fetcher(cache, settings, progress),
          progress::warning);
    }
  }

  private final Platform platform;
  private final Path lockFile;
  private final Network network;
  private final Consumer<String> information;

  /**
   * Creates an opener.
   *
   * @param lockFile the lock, which need not exist
   * @param information is told, in a line, what became of the lock
   */
  public Repositories(
      Platform platform, Path lockFile, Network network, Consumer<String> information) {
    this.platform = platform;
    this.lockFile = lockFile;
    this.network = network;
    this.information = information;
  }

  /**
   * Returns all repositories in their order.
   *
   * @param world what is needed of them
   * @throws IOException if a package or the lock cannot be read or written
   * @throws FailureException if the lock does not fit ({@code lock}), or, where it is made, if the
   *     world cannot be
   */
  public List<PackageRepository> open(
      List<DeclaredRepository> declared, Collection<Dependency> world, LockUse use)
      throws IOException {
    List<RemoteRepository> remote =
        declared.stream().flatMap(each -> each.remote().stream()).toList();
    if (remote.isEmpty()) {
      return reserved(declared, declared.stream().map(each -> each.local().orElseThrow()).toList());
    }
    boolean missing = Lock.read(lockFile).target(platform).isEmpty();
    if (use == LockUse.UPDATE || (use == LockUse.CREATE && missing)) {
      lock(declared, world);
    }
    LockedPackages locked = new LockedPackages(lockFile, Lock.read(lockFile), platform);
    locked.check(remote);
    List<PackageRepository> opened = new ArrayList<>();
    for (DeclaredRepository each : declared) {
      opened.add(
          each.remote().isPresent()
              ? locked.open(each.remote().get(), network.fetcher())
              : each.local().orElseThrow());
    }
    opened = reserved(declared, opened);
    locked.check(opened, world);
    return opened;
  }

  /**
   * Makes the lock anew for the platform; other platforms in it stay as they are.
   *
   * @param world what is needed of the repositories
   * @throws IOException if a package or the lock cannot be read or written
   * @throws FailureException if the world cannot be, or what a repository gives cannot be trusted
   */
  public void lock(List<DeclaredRepository> declared, Collection<Dependency> world)
      throws IOException {
    Lock before = Lock.read(lockFile);
    Locker locker = new Locker(platform, network, before);
    List<Locker.Indexed> indexed = new ArrayList<>();
    for (DeclaredRepository each : declared) {
      if (each.remote().isPresent()) {
        indexed.add(locker.index(each.remote().get()));
      } else {
        PackageRepository local = each.local().orElseThrow();
        indexed.add(new Locker.Indexed(local.packages(), Optional.empty(), local.index()));
      }
    }
    for (int i = 0; i < indexed.size(); i++) {
      indexed.set(i, indexed.get(i).without(reservedByOthers(declared, i)));
    }
    Lock after = before.with(platform, locker.lock(indexed, world));
    long packages =
        after.target(platform).stream()
            .flatMap(target -> target.repositories().stream())
            .map(LockedRepository::packages)
            .mapToLong(List::size)
            .sum();
    if (after.equals(before)) {
      information.accept("Lock of " + packages + " packages for " + platform + " is up to date");
    } else {
      after.write(lockFile);
      information.accept(
          "Locked " + packages + " packages for " + platform + " in " + lockFile + ": commit it");
    }
  }

  private static List<PackageRepository> reserved(
      List<DeclaredRepository> declared, List<PackageRepository> opened) {
    List<PackageRepository> result = new ArrayList<>();
    for (int i = 0; i < opened.size(); i++) {
      result.add(opened.get(i).without(reservedByOthers(declared, i)));
    }
    return result;
  }

  private static Set<String> reservedByOthers(List<DeclaredRepository> declared, int self) {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < declared.size(); i++) {
      if (i != self) {
        names.addAll(declared.get(i).reserved());
      }
    }
    return names;
  }
}
