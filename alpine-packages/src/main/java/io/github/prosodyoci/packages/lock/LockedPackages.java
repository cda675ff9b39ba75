package io.github.prosodyoci.packages.lock;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.fetch.FetchRequest;
import io.github.prosodyoci.fetch.FetchedSource;
import io.github.prosodyoci.fetch.Fetcher;
import io.github.prosodyoci.packages.PackageCode;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.apk.Apk;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.index.IndexEntry;
import io.github.prosodyoci.packages.lock.Lock.LockedPackage;
import io.github.prosodyoci.packages.lock.Lock.LockedRepository;
import io.github.prosodyoci.packages.lock.Lock.Target;
import io.github.prosodyoci.packages.resolve.Repository;
import io.github.prosodyoci.packages.resolve.Resolver;
import io.github.prosodyoci.packages.resolve.Solution;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Repositories on the network as a lock pins them: only what it names counts, by digest, whatever
 * they hold by now. So their indexes are not needed, and without a network the store suffices.
 */
public final class LockedPackages {

  private final Path file;
  private final Platform platform;
  private final Target target;

  /**
   * Opens a lock.
   *
   * @param file the lock, for messages
   * @throws FailureException if it has nothing for the platform ({@code lock})
   */
  public LockedPackages(Path file, Lock lock, Platform platform) {
    this.file = file;
    this.platform = platform;
    this.target =
        lock.target(platform)
            .orElseThrow(
                () ->
                    drift(
                        lock.platforms().isEmpty()
                            ? "there is none yet"
                            : "it has nothing for " + platform));
  }

  private FailureException drift(String reason) {
    return Failure.of(PackageCode.LOCK, "use", "the lock " + file + " for " + platform, reason)
        .toException();
  }

  /**
   * Checks that the lock is about these repositories.
   *
   * @throws FailureException if it is about others ({@code lock})
   */
  public void check(List<RemoteRepository> repositories) {
    List<String> locked =
        target.repositories().stream().map(each -> shown(each.url(), each.tag())).toList();
    List<String> wanted = repositories.stream().map(each -> shown(each.url(), each.tag())).toList();
    if (!locked.equals(wanted)) {
      throw drift("it is about the repositories " + locked + ", and the build about " + wanted);
    }
    for (int i = 0; i < repositories.size(); i++) {
      Map<String, Digest> keys = repositories.get(i).keys().digests();
      if (!keys.equals(target.repositories().get(i).keys())) {
        Set<String> changed = new TreeSet<>(keys.keySet());
        changed.addAll(target.repositories().get(i).keys().keySet());
        Map<String, Digest> before = target.repositories().get(i).keys();
        changed.removeIf(name -> keys.get(name) != null && keys.get(name).equals(before.get(name)));
        throw drift("other keys are trusted for " + wanted.get(i) + " now: " + changed);
      }
    }
  }

  private static String shown(String url, String tag) {
    return tag.isEmpty() ? url : "@" + tag + " " + url;
  }

  /**
   * Returns the locked packages of a repository, after fetching those that the store does not hold.
   *
   * @throws IOException if a package cannot be read
   * @throws FailureException if one is unavailable, not what the lock says, or signed by no trusted
   *     key
   */
  public PackageRepository open(RemoteRepository remote, Fetcher fetcher) throws IOException {
    LockedRepository locked =
        target.repositories().stream()
            .filter(each -> each.url().equals(remote.url()) && each.tag().equals(remote.tag()))
            .findFirst()
            .orElseThrow(() -> drift("it is not about " + remote.url()));
    List<Source> sources = new ArrayList<>();
    for (LockedPackage each : locked.packages()) {
      String name = each.url().substring(each.url().lastIndexOf('/') + 1);
      sources.add(
          new Source(name, each.sha256(), List.of(new Origin.Https(remote.asked(each.url())))));
    }
    List<FetchedSource> fetched = fetcher.fetch(FetchRequest.required(sources)).fetched();
    List<IndexEntry> entries = new ArrayList<>();
    Map<String, Path> files = new HashMap<>();
    for (int i = 0; i < fetched.size(); i++) {
      LockedPackage each = locked.packages().get(i);
      Path path = fetched.get(i).path();
      Apk apk = Apk.read(path, remote.keys());
      if (!apk.identity().equals(each.identity())
          || apk.size() != each.size()
          || !apk.info().nameVersion().equals(each.name() + "-" + each.version())) {
        throw drift(
            "what it says of "
                + each.name()
                + "-"
                + each.version()
                + " is not so of the package with the digest "
                + each.sha256());
      }
      entries.add(
          new IndexEntry(
              apk.info().withArchitecture(platform.apkArchitecture()),
              apk.identity(),
              apk.size(),
              true));
      files.put(apk.identity(), path);
    }
    return new PackageRepository(
        new Repository(remote.url(), remote.tag(), entries, remote.rules()),
        entry -> files.getOrDefault(entry.identity(), file),
        locked.index());
  }

  /**
   * Checks that the lock has what a world needs, and nothing else.
   *
   * @param repositories all of them, in their order
   * @throws FailureException if something is missing in it or too much ({@code lock})
   */
  public void check(List<PackageRepository> repositories, Collection<Dependency> world) {
    Solution solution;
    try {
      solution =
          new Resolver(repositories.stream().map(PackageRepository::packages).toList())
              .resolve(world);
    } catch (FailureException e) {
      throw drift("what it pins does not suffice: " + e.failure().found());
    }
    Set<String> chosen = new HashSet<>();
    solution.packages().forEach(selected -> chosen.add(selected.entry().identity()));
    Set<String> needless = new TreeSet<>();
    target.repositories().stream()
        .flatMap(repository -> repository.packages().stream())
        .filter(each -> !chosen.contains(each.identity()))
        .forEach(each -> needless.add(each.name() + "-" + each.version()));
    if (!needless.isEmpty()) {
      throw drift("nothing needs these packages of it any more: " + String.join(", ", needless));
    }
  }
}
