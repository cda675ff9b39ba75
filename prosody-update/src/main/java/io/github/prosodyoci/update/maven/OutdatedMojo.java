package io.github.prosodyoci.update.maven;

import io.github.prosodyoci.update.Outdated;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import javax.inject.Inject;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.eclipse.aether.RepositorySystem;
import org.jspecify.annotations.Nullable;

/**
 * Says, for each recipe, which newer versions Debian and upstream offer, and which patches and
 * security fixes Debian's patch queue gained. What Debian offers is read in its signed indexes;
 * what upstream offers stands in a page that nobody signed. Whoever did not answer is a line in the
 * report. Nothing is changed; {@code prosody-update:update} does that.
 */
@Mojo(name = "outdated", threadSafe = true)
public final class OutdatedMojo extends AbstractUpdateMojo {

  /** The suites of Debian to ask; none means all that {@code trust.yaml} names keys for. */
  @Parameter(property = "prosodyoci.outdated.suites")
  private List<String> suites = List.of();

  /** Where the report goes. */
  @Parameter(defaultValue = "${project.build.directory}/outdated.json", required = true)
  private @Nullable File reportFile;

  /**
   * How many days old an index may be of a suite that is made anew all the time (one with a
   * Valid-Until, or a security or updates suite) before it counts as stale.
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
  @Inject
  public OutdatedMojo(MavenSession session, MavenProject project, RepositorySystem repositories) {
    super(session, project, repositories);
  }

  @Override
  boolean isSkipped() {
    if (skip) {
      getLog().info("The search for newer sources is skipped (prosodyoci.outdated.skip)");
    }
    return skip;
  }

  @Override
  String purpose() {
    return "look for updates";
  }

  @Override
  void run() throws IOException, MojoFailureException {
    Outdated outdated =
        updates().outdated(recipes(), suites, Duration.ofDays(Math.max(0, maximumAgeDays)));
    outdated.write(given(reportFile).toPath());
    outdated.table().forEach(line -> getLog().info(line));
    if (fail && !outdated.gaps().isEmpty()) {
      throw new MojoFailureException(
          "It is not known whether there are newer sources (prosodyoci.outdated.fail):\n"
              + String.join("\n", outdated.gaps())
              + "\nCheck the network and the mirrors, or name other suites with"
              + " -Dprosodyoci.outdated.suites."
              + (outdated.hasOffers() ? " What was found stands in " + reportFile + "." : ""));
    }
    if (fail && outdated.hasOffers()) {
      throw new MojoFailureException(
          "There are newer sources (prosodyoci.outdated.fail). They stand in "
              + reportFile
              + "; take one with prosody-update:update -Dprosodyoci.source=<recipe>.");
    }
  }
}
