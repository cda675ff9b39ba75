package io.github.prosodyoci.update;

import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.fetch.Fetcher;
import io.github.prosodyoci.fetch.Progress;
import io.github.prosodyoci.fetch.debian.DebianMirrors;
import io.github.prosodyoci.fetch.unpinned.DebianArchive;
import io.github.prosodyoci.fetch.unpinned.Documents;
import io.github.prosodyoci.fetch.unpinned.UnpinnedDownloads;
import io.github.prosodyoci.verify.debian.Release;
import io.github.prosodyoci.verify.openpgp.ClearSigned;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Assumptions;

/** The real archive, by the mirrors of this machine's apt. */
final class Mirror {

  private final Path cache;
  private final DebianMirrors mirrors = DebianMirrors.discover("", Path.of("/etc/apt"));
  private final FetchSettings settings =
      FetchSettings.STANDARD
          .withTimeouts(Duration.ofSeconds(5), Duration.ofSeconds(30))
          .withRetries(2, Duration.ofMillis(100))
          .withMirrors(mirrors);

  /**
   * Opens it.
   *
   * @param cache a folder for what is fetched
   */
  Mirror(Path cache) {
    this.cache = cache;
  }

  /**
   * Aborts a test where no mirror speaks HTTP at all; in continuous integration it fails there. The
   * code under test is not used for this, since its failures must fail the test.
   */
  void assumeReachable() {
    StringBuilder answers = new StringBuilder("No Debian mirror is reachable:");
    for (URI mirror : mirrors.archive()) {
      try {
        HttpURLConnection connection =
            (HttpURLConnection) URI.create(mirror + "/dists/").toURL().openConnection();
        connection.setConnectTimeout(5_000);
        connection.setReadTimeout(20_000);
        connection.getResponseCode();
        return;
      } catch (IOException e) {
        answers.append(' ').append(e);
      }
    }
    if ("true".equals(System.getenv("CI"))) {
      throw new AssertionError(answers.toString());
    }
    Assumptions.abort(answers.toString());
  }

  DebianArchive archive() {
    return new DebianArchive(cache, settings, Progress.SILENT);
  }

  Fetcher fetcher() {
    return new Fetcher(cache, settings, Progress.SILENT);
  }

  /** Returns a moment at which a suite's index is new: a mirror may be behind. */
  Instant dateOf(String suite) {
    byte[] inRelease = archive().inRelease(suite, Documents.Acceptance.ANY).bytes();
    return Release.parse(ClearSigned.split(inRelease).text()).date().plusSeconds(60);
  }

  OutdatedSearch search(Instant now) {
    return new OutdatedSearch(access(now));
  }

  RecipeUpdater updater(Instant now) {
    return new RecipeUpdater(access(now));
  }

  private UpdateAccess access(Instant now) {
    return new UpdateAccess(fetcher(), unpinned(), archive(), cache, clock(now));
  }

  private UnpinnedDownloads unpinned() {
    return new UnpinnedDownloads(cache, settings, Progress.SILENT);
  }

  private static Clock clock(Instant now) {
    return Clock.fixed(now, ZoneOffset.UTC);
  }
}
