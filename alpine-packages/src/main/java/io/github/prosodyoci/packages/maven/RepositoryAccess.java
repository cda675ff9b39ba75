package io.github.prosodyoci.packages.maven;

import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.fetch.ContentStore;
import io.github.prosodyoci.fetch.DebianMirrors;
import io.github.prosodyoci.fetch.Documents;
import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.fetch.Progress;
import io.github.prosodyoci.fetch.SourceFetcher;
import io.github.prosodyoci.maven.SettingsCredentials;
import io.github.prosodyoci.maven.SettingsProxies;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.lock.DeclaredRepository;
import io.github.prosodyoci.packages.lock.LockUse;
import io.github.prosodyoci.packages.lock.Repositories;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.logging.Log;

/** Reaches the {@code repositories} of a goal with the network settings of Maven. */
public final class RepositoryAccess {

  private final MavenSession session;
  private final Log log;
  private final Path cache;
  private final Path lockFile;

  /**
   * Creates an access.
   *
   * @param cache the cache folder
   * @param lockFile the lock of what comes from the network
   */
  public RepositoryAccess(MavenSession session, Log log, Path cache, Path lockFile) {
    this.session = session;
    this.log = log;
    this.cache = cache;
    this.lockFile = lockFile;
  }

  /**
   * Opens repositories in their order.
   *
   * @param world what is needed of them
   * @throws IOException if one cannot be read
   * @throws io.github.prosodyoci.packages.PackagesException if one is not as it should be, or the
   *     lock does not fit
   */
  public List<PackageRepository> open(
      List<RepositoryParameter> declared,
      Platform platform,
      Collection<Dependency> world,
      LockUse use)
      throws IOException {
    return repositories(platform).open(read(declared, platform), world, use);
  }

  /** Makes the lock anew for a platform. */
  void lock(List<RepositoryParameter> declared, Platform platform, Collection<Dependency> world)
      throws IOException {
    repositories(platform).lock(read(declared, platform), world);
  }

  private List<DeclaredRepository> read(List<RepositoryParameter> declared, Platform platform)
      throws IOException {
    List<DeclaredRepository> read = new ArrayList<>();
    for (RepositoryParameter each : declared) {
      read.add(each.read(platform, log::warn));
    }
    return read;
  }

  private Repositories repositories(Platform platform) {
    FetchSettings settings =
        FetchSettings.STANDARD
            .withOffline(session.isOffline())
            .withProxies(new SettingsProxies(session.getRepositorySession()))
            .withCredentials(new SettingsCredentials(session.getRepositorySession()));
    Progress progress =
        new Progress() {
          @Override
          public void warning(String message) {
            log.warn(message);
          }
        };
    ContentStore store = new ContentStore(cache, progress);
    return new Repositories(
        platform,
        lockFile,
        new Repositories.Network(
            new Documents(cache, settings, progress),
            store,
            new SourceFetcher(
                store,
                new DebianMirrors(List.of(), List.of()),
                artifact -> {
                  throw new IOException("a package is no Maven artifact");
                },
                settings,
                progress)),
        log::info);
  }
}
