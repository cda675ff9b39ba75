package io.github.prosodyoci.fetch.maven;

import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.maven.SettingsCredentials;
import io.github.prosodyoci.maven.SettingsProxies;
import java.nio.file.Path;
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

  /** Returns the cache folder. */
  public Path cache() {
    return cache;
  }

  @Override
  public void close() {
    progress.close();
  }
}
