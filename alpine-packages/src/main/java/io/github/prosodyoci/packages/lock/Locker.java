package io.github.prosodyoci.packages.lock;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.fetch.FetchedSource;
import io.github.prosodyoci.fetch.unpinned.Documents;
import io.github.prosodyoci.packages.PackageCode;
import io.github.prosodyoci.packages.apk.Apk;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.index.IndexEntry;
import io.github.prosodyoci.packages.index.IndexReader;
import io.github.prosodyoci.packages.lock.Lock.LockedPackage;
import io.github.prosodyoci.packages.lock.Lock.LockedRepository;
import io.github.prosodyoci.packages.lock.Lock.Target;
import io.github.prosodyoci.packages.resolve.Repository;
import io.github.prosodyoci.packages.resolve.Resolver;
import io.github.prosodyoci.packages.resolve.Selected;
import io.github.prosodyoci.packages.resolve.Solution;
import io.github.prosodyoci.recipe.Origin;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes a lock: asks repositories for what they have now, and checks all that is chosen. */
public final class Locker {

  private static final int MAX_INDEX = 32 << 20;

  /**
   * A repository and what it has.
   *
   * @param packages its packages
   * @param remote where it is; empty for one on disk, of which nothing is locked
   * @param index the digest of its index
   */
  public record Indexed(Repository packages, Optional<RemoteRepository> remote, Digest index) {

    /** Returns this repository without some packages, named by themselves or by their origin. */
    Indexed without(Set<String> names) {
      return new Indexed(packages.without(names), remote, index);
    }
  }

  private final Platform platform;
  private final Repositories.Network network;
  private final Map<String, LockedPackage> before = new HashMap<>();

  /**
   * Creates a locker.
   *
   * @param before the lock that is to be replaced: its packages need not be fetched again
   */
  public Locker(Platform platform, Repositories.Network network, Lock before) {
    this.platform = platform;
    this.network = network;
    before
        .target(platform)
        .ifPresent(
            target ->
                target.repositories().stream()
                    .flatMap(repository -> repository.packages().stream())
                    .forEach(each -> this.before.put(each.url() + each.identity(), each)));
  }

  /**
   * Returns what a repository has now.
   *
   * @throws IOException if its index cannot be stored
   * @throws FailureException if no trusted key has signed its index
   */
  public Indexed index(RemoteRepository remote) throws IOException {
    URI address = remote.index(platform);
    byte[] bytes =
        network
            .documents()
            .fetch(name(address), List.of(address), MAX_INDEX, Documents.Acceptance.ANY)
            .bytes();
    Digest digest = Digest.of(bytes);
    Path file = network.store().add(digest, address.toString(), new ByteArrayInputStream(bytes));
    List<IndexEntry> entries =
        IndexReader.read(
            file, remote.keys(), failure -> network.warnings().accept(failure.getMessage()));
    return new Indexed(
        new Repository(remote.url(), remote.tag(), entries, remote.rules()),
        Optional.of(remote),
        digest);
  }

  /** Returns what a document is called, in messages and in the cache. */
  private static String name(URI address) {
    return "alpine/"
        + address
            .toString()
            .replaceFirst("^https?://[^A-Za-z0-9]*", "")
            .replaceAll("[^A-Za-z0-9./+_-]+", "-")
            .replaceAll("/[^A-Za-z0-9]+", "/");
  }

  /**
   * Chooses, and fetches what was chosen from the network.
   *
   * @throws IOException if a package cannot be stored
   * @throws FailureException if the world cannot be, or a package is not the one that its index
   *     names, or signed by no trusted key
   */
  public Target lock(List<Indexed> repositories, Collection<Dependency> world) throws IOException {
    Solution solution =
        new Resolver(repositories.stream().map(Indexed::packages).toList()).resolve(world);
    List<LockedRepository> locked = new ArrayList<>();
    for (int i = 0; i < repositories.size(); i++) {
      Optional<RemoteRepository> remote = repositories.get(i).remote();
      if (remote.isEmpty()) {
        continue;
      }
      List<LockedPackage> packages = new ArrayList<>();
      for (Selected selected : solution.packages()) {
        if (selected.repository() == i) {
          packages.add(lock(remote.get(), selected.entry()));
        }
      }
      packages.sort(Comparator.comparing(LockedPackage::name));
      locked.add(
          new LockedRepository(
              remote.get().url(),
              remote.get().tag(),
              repositories.get(i).index(),
              remote.get().keys().digests(),
              packages));
    }
    return new Target(locked);
  }

  private LockedPackage lock(RemoteRepository remote, IndexEntry entry) throws IOException {
    String url = remote.file(platform, entry.info());
    LockedPackage known = before.get(url + entry.identity());
    if (known != null && network.store().find(known.sha256()).isPresent()) {
      return known;
    }
    URI address = remote.asked(url);
    FetchedSource fetched =
        network.unpinned().fetch(entry.info().fileName(), List.of(new Origin.Https(address)));
    if (fetched.size() != entry.size()) {
      throw Failure.of(
              PackageCode.APK_IDENTITY,
              "lock",
              address.toString(),
              "it has " + fetched.size() + " bytes")
          .expecting(entry.size() + ", as the index says")
          .advising("Use another mirror.")
          .toException();
    }
    Path file = fetched.path();
    Apk.read(file, entry.identity(), entry.info().nameVersion()).verify();
    Apk.read(file, remote.keys());
    return new LockedPackage(
        entry.info().name(),
        entry.info().version(),
        url,
        entry.size(),
        fetched.source().sha256(),
        entry.identity());
  }
}
