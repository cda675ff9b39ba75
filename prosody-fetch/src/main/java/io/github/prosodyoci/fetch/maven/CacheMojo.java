package io.github.prosodyoci.fetch.maven;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.fetch.cache.CacheCleaner;
import io.github.prosodyoci.fetch.cache.CacheEntry;
import io.github.prosodyoci.fetch.cache.CacheInventory;
import io.github.prosodyoci.fetch.cache.CachePart;
import io.github.prosodyoci.fetch.cache.CleanRequest;
import io.github.prosodyoci.fetch.cache.CleanResult;
import io.github.prosodyoci.fetch.store.ContentStore;
import io.github.prosodyoci.maven.Parameters;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Shows what the cache holds, and, if asked to, checks the stored files and removes what has not
 * been used for long. Everything removed is fetched or built again when it is needed.
 */
@Mojo(name = "cache", requiresProject = false, threadSafe = true)
public final class CacheMojo extends FetchingGoal {

  /** Whether to hash every stored file; damaged ones are set aside in {@code store/quarantine}. */
  @Parameter(property = "prosodyoci.cache.verify", defaultValue = "false")
  private boolean verify;

  /** Removes what no build has used for this many days. */
  @Parameter(property = "prosodyoci.cache.unusedDays")
  private @Nullable Integer unusedDays;

  /**
   * Removes what was used longest ago, until the rest has at most this many megabytes (of a million
   * bytes); never what was used within the last day.
   */
  @Parameter(property = "prosodyoci.cache.maximumMegabytes")
  private @Nullable Integer maximumMegabytes;

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.cache.skip", defaultValue = "false")
  private boolean skip;

  /** Creates the goal. */
  public CacheMojo() {
    super("prosodyoci.cache.skip");
  }

  @Override
  protected boolean isSkipped() {
    return skip;
  }

  @Override
  protected void run() throws IOException {
    CacheInventory inventory;
    if (unusedDays == null && maximumMegabytes == null) {
      inventory = CacheInventory.read(cache());
    } else {
      CleanResult result = new CacheCleaner(Clock.systemUTC()).clean(request());
      getLog().info("Removed " + amount(result.removed()));
      inventory = result.kept();
    }
    getLog().info("The cache " + cache() + " holds:");
    for (CachePart part : CachePart.values()) {
      List<CacheEntry> entries = inventory.of(part);
      getLog().info("  " + part.title() + ": " + amount(entries) + oldest(entries));
    }
    if (verify) {
      verify(inventory.of(CachePart.SOURCES));
    }
  }

  private CleanRequest request() {
    Optional<Duration> unusedFor =
        Optional.ofNullable(unusedDays)
            .map(days -> Duration.ofDays(Parameters.positive("prosodyoci.cache.unusedDays", days)));
    Optional<Long> maximumBytes =
        Optional.ofNullable(maximumMegabytes)
            .map(
                size ->
                    Parameters.positive("prosodyoci.cache.maximumMegabytes", size) * 1_000_000L);
    return new CleanRequest(cache(), unusedFor, maximumBytes);
  }

  private void verify(List<CacheEntry> sources) {
    ContentStore store = new ContentStore(cache(), getLog()::warn);
    long intact =
        sources.stream()
            .map(entry -> Digest.parse("sha256:" + entry.path().getFileName()))
            .filter(digest -> store.find(digest).isPresent())
            .count();
    getLog()
        .info(
            intact
                + " of "
                + sources.size()
                + " stored files have their digest. Packages and build roots are checked each time"
                + " they are used.");
  }

  private static String amount(List<CacheEntry> entries) {
    return String.format(
        Locale.ROOT, "%d (%.1f MB)", entries.size(), CacheInventory.bytes(entries) / 1e6);
  }

  private static String oldest(List<CacheEntry> entries) {
    return entries.stream()
        .map(CacheEntry::lastUse)
        .min(Instant::compareTo)
        .map(
            oldest -> ", that used longest ago on " + oldest.atOffset(ZoneOffset.UTC).toLocalDate())
        .orElse("");
  }
}
