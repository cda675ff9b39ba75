package io.github.prosodyoci.update.maven;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.fetch.maven.FetchAccess;
import io.github.prosodyoci.update.OutdatedRequest;
import io.github.prosodyoci.update.OutdatedResult;
import io.github.prosodyoci.update.OutdatedSearch;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Reports, for each recipe, which newer versions Debian and upstream offer, and which patches and
 * security fixes Debian's patch queue has gained. Debian's versions come from its signed indexes;
 * upstream's from a page that nobody signs. The report also lists who did not answer. Nothing is
 * changed; {@code prosody-update:update} does that.
 */
@Mojo(name = "outdated", threadSafe = true)
public final class OutdatedMojo extends UpdatesGoal {

  /** The suites of Debian to ask; by default, all that {@code trust.yaml} has keys for. */
  @Parameter(property = "prosodyoci.outdated.suites")
  private List<String> suites = List.of();

  /** The report to write. */
  @Parameter(defaultValue = "${project.build.directory}/outdated.json", required = true)
  private File reportFile;

  /**
   * After how many days the index of a suite that is renewed regularly (one with a Valid-Until, or
   * a security or updates suite) counts as stale.
   */
  @Parameter(property = "prosodyoci.outdated.maximumAgeDays", defaultValue = "10")
  private int maximumAgeDays = 10;

  /**
   * Whether the build fails if something newer was found, if a suite was not asked or its index is
   * stale, or if nobody answered for a recipe.
   */
  @Parameter(property = "prosodyoci.outdated.fail", defaultValue = "false")
  private boolean fail;

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.outdated.skip", defaultValue = "false")
  private boolean skip;

  /** Creates the goal. */
  public OutdatedMojo() {
    super("prosodyoci.outdated.skip");
  }

  @Override
  protected boolean isSkipped() {
    return skip;
  }

  @Override
  protected void run(FetchAccess access) throws IOException {
    OutdatedResult outdated =
        new OutdatedSearch(updates(access))
            .search(
                new OutdatedRequest(
                    recipes(), trust(), suites, Duration.ofDays(Math.max(0, maximumAgeDays))));
    outdated.write(reportFile.toPath());
    outdated.table().forEach(line -> getLog().info(line));
    if (fail && !outdated.gaps().isEmpty()) {
      throw Failure.of(
              OutdatedCode.UNANSWERED,
              "determine",
              "whether there are newer sources",
              String.join("; ", outdated.gaps()))
          .advising(
              "Check the network and the mirrors, or name other suites with"
                  + " -Dprosodyoci.outdated.suites."
                  + (outdated.hasOffers() ? " What was found is in " + reportFile + "." : ""))
          .toException();
    }
    if (fail && outdated.hasOffers()) {
      throw Failure.of(
              OutdatedCode.NEWER_SOURCES,
              "accept",
              "the pinned sources",
              "there are newer ones, listed in " + reportFile)
          .advising("Take one with prosody-update:update -Dprosodyoci.update.recipe=<recipe>.")
          .toException();
    }
  }
}
