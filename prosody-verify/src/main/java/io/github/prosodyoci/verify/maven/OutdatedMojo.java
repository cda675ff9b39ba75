package io.github.prosodyoci.verify.maven;

import io.github.prosodyoci.verify.update.Outdated;
import java.io.File;
import java.io.IOException;
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
 * what upstream offers stands in a page that nobody signed. An upstream out of reach is a line in
 * the report. Nothing is changed; {@code prosody-verify:update} does that.
 */
@Mojo(name = "outdated", threadSafe = true)
public final class OutdatedMojo extends AbstractVerifyMojo {

  /** The suites of Debian to ask; none means all that {@code trust.yaml} names keys for. */
  @Parameter(property = "prosodyoci.outdated.suites")
  private List<String> suites = List.of();

  /** Where the report goes. */
  @Parameter(defaultValue = "${project.build.directory}/outdated.json", required = true)
  private @Nullable File reportFile;

  /** Whether the build fails if something newer was found. */
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
    Outdated outdated = updates().outdated(recipes(), suites);
    outdated.write(given(reportFile).toPath());
    outdated.table().forEach(line -> getLog().info(line));
    if (fail && outdated.hasOffers()) {
      throw new MojoFailureException(
          "There are newer sources (prosodyoci.outdated.fail). They stand in "
              + reportFile
              + "; take one with prosody-verify:update -Dprosodyoci.source=<recipe>.");
    }
  }
}
