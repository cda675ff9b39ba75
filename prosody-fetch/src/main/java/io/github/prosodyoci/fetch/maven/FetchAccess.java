package io.github.prosodyoci.fetch.maven;

import io.github.prosodyoci.fetch.ContentStore;
import io.github.prosodyoci.fetch.DebianMirrors;
import io.github.prosodyoci.fetch.Documents;
import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.fetch.SourceFetcher;
import io.github.prosodyoci.maven.SettingsCredentials;
import io.github.prosodyoci.maven.SettingsProxies;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.logging.Log;

/** What fetching needs, made of a Maven build: its settings, its log, and the cache folder. */
public final class FetchAccess implements AutoCloseable {

  private final FetchSettings settings;
  private final Path cache;
  private final LogProgress progress;

  /**
   * Creates it for one goal; until it is closed, the log tells every few seconds what is fetched.
   *
   * @param cache the cache folder
   */
  public FetchAccess(MavenSession session, Log log, Path cache) {
    this.settings =
        FetchSettings.STANDARD
            .withOffline(session.isOffline())
            .withProxies(new SettingsProxies(session.getRepositorySession()))
            .withCredentials(new SettingsCredentials(session.getRepositorySession()));
    this.cache = cache;
    this.progress = new LogProgress(log, session.getRequest().isInteractiveMode());
  }

  /** Returns the usual settings with Maven's proxies and logins, and offline as Maven is. */
  public FetchSettings settings() {
    return settings;
  }

  /** Returns what tells the user how fetching goes. */
  public LogProgress progress() {
    return progress;
  }

  /** Returns the store of fetched files. */
  public ContentStore store() {
    return new ContentStore(cache, progress);
  }

  /** Returns the reader of documents that change. */
  public Documents documents() {
    return new Documents(cache, settings, progress);
  }

  /** Returns what fetches from given addresses: from no mirror of Debian, and no Maven artifact. */
  public SourceFetcher fetcher() {
    return new SourceFetcher(
        store(),
        new DebianMirrors(List.of(), List.of()),
        artifact -> {
          throw new IOException("Maven artifacts are not fetched here");
        },
        settings,
        progress);
  }

  @Override
  public void close() {
    progress.close();
  }
}
