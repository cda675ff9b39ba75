package io.github.prosodyoci.fetch.maven;

import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.fetch.FetchReport;
import io.github.prosodyoci.fetch.FetchRequest;
import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.fetch.cache.CacheCleaner;
import io.github.prosodyoci.maven.Parameters;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.RecipeDocument;
import java.io.File;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Fetches the files that recipes name by their SHA-256, each from the first of its origins that has
 * it, into a store that all builds share. With {@code -o} the network is not touched. A stored file
 * is hashed again if it has been touched; the goals that read it hash what they read.
 */
@Mojo(name = "sources", defaultPhase = LifecyclePhase.GENERATE_SOURCES, threadSafe = true)
public final class SourcesMojo extends SourceGoal {

  /** How many files are fetched at the same time, at most. */
  @Parameter(property = "prosodyoci.fetch.parallel", defaultValue = "6")
  private int parallel;

  /** The largest size of a file in megabytes (of a million bytes). */
  @Parameter(property = "prosodyoci.fetch.maximumSizeMegabytes", defaultValue = "1000")
  private int maximumSizeMegabytes;

  /** How often an address is asked, at most, that fails for a passing reason. */
  @Parameter(property = "prosodyoci.fetch.attempts", defaultValue = "3")
  private int attempts;

  /** How many seconds to wait for a connection. */
  @Parameter(property = "prosodyoci.fetch.connectTimeoutSeconds", defaultValue = "10")
  private int connectTimeoutSeconds;

  /** How many seconds to wait for the next byte of a server. */
  @Parameter(property = "prosodyoci.fetch.silenceTimeoutSeconds", defaultValue = "30")
  private int silenceTimeoutSeconds;

  /** How many seconds one address may take in all, with redirects and repeated attempts. */
  @Parameter(property = "prosodyoci.fetch.maximumTimeSeconds", defaultValue = "3600")
  private int maximumTimeSeconds;

  /**
   * After how many days without use the cache loses downloads, packages and build roots, which is
   * looked after once a day; 0 keeps them.
   */
  @Parameter(property = "prosodyoci.cache.keepDays", defaultValue = "90")
  private int keepDays;

  /** Where the report goes: each file with its digest, size and origin. */
  @Parameter(defaultValue = "${project.build.directory}/fetch.json", required = true)
  private File reportFile;

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.fetch.skip", defaultValue = "false")
  private boolean skip;

  /** Creates the goal. */
  public SourcesMojo() {
    super("prosodyoci.fetch.skip");
  }

  @Override
  protected boolean isSkipped() {
    return skip;
  }

  @Override
  protected void run(FetchAccess access) throws IOException {
    List<DeclaredSource> declared =
        DeclaredSource.needed(RecipeDocument.sources(recipes()), platforms(), BuildHost.current());
    FetchReport report =
        FetchReport.of(
            declared,
            fetcher(access, limited(access)).fetch(FetchRequest.of(declared).withoutRehash()));
    report.write(reportFile.toPath());
    report
        .absent()
        .forEach(
            file ->
                getLog().info("Optional file " + file.file() + " is absent: " + file.answers()));
    getLog().info(access.progress().summary(report));
    clean();
  }

  /** After this build's sources have got their marks, so that none of them is removed. */
  private void clean() throws IOException {
    if (keepDays == 0) {
      return;
    }
    Duration unused = Duration.ofDays(Parameters.positive("prosodyoci.cache.keepDays", keepDays));
    try {
      int removed = new CacheCleaner(Clock.systemUTC()).cleanDaily(cache(), unused).size();
      if (removed > 0) {
        getLog()
            .info("Removed from the cache what was not used for " + keepDays + " days: " + removed);
      }
    } catch (IOException e) {
      if (FileFailures.isInterrupt(e)) {
        throw e;
      }
      getLog().warn("Could not clean the cache " + cache() + ": " + Reasons.of(e));
    }
  }

  private FetchSettings limited(FetchAccess access) {
    return settings(access)
        .withParallel(positive("parallel", parallel))
        .withMaximumBytes(positive("maximumSizeMegabytes", maximumSizeMegabytes) * 1_000_000L)
        .withTimeouts(
            seconds("connectTimeoutSeconds", connectTimeoutSeconds),
            seconds("silenceTimeoutSeconds", silenceTimeoutSeconds))
        .withMaximumTime(seconds("maximumTimeSeconds", maximumTimeSeconds))
        .withAttempts(positive("attempts", attempts));
  }

  private static Duration seconds(String name, int value) {
    return Duration.ofSeconds(positive(name, value));
  }

  private static int positive(String name, int value) {
    return Parameters.positive("prosodyoci.fetch." + name, value);
  }
}
