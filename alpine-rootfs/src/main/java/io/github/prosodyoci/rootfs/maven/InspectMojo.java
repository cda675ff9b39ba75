package io.github.prosodyoci.rootfs.maven;

import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.maven.PlatformGoal;
import io.github.prosodyoci.rootfs.inspect.Inspection;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Reads which Alpine packages an image holds, whoever made it, and which of their files were
 * changed since: {@code -Dprosodyoci.inspect=image.tar}.
 */
@Mojo(name = "inspect", requiresProject = false, threadSafe = true)
public final class InspectMojo extends PlatformGoal {

  private static final String REPORT = "inspection.json";

  /**
   * The image: an OCI layout as a folder or tar, or a root file system as a folder or tar, which
   * may be packed with gzip.
   */
  @Parameter(property = "prosodyoci.inspect", required = true)
  private File inspect = new File("");

  /** The folder that gets {@code inspection.json}; with several platforms, in a folder for each. */
  @Parameter(defaultValue = "${project.build.directory}", required = true)
  private File outputFolder = new File("target");

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.inspect.skip", defaultValue = "false")
  private boolean skip;

  /** Creates the goal. */
  public InspectMojo() {
    super("prosodyoci.inspect.skip");
  }

  @Override
  protected boolean isSkipped() {
    return skip;
  }

  @Override
  protected void run() throws IOException {
    for (Platform platform : platforms()) {
      announce(platform);
      inspect(platform);
    }
  }

  private void inspect(Platform platform) throws IOException {
    Inspection found = Inspection.of(inspect.toPath(), platform);
    found
        .packages()
        .forEach(
            each ->
                getLog()
                    .info(
                        each.name()
                            + "-"
                            + each.version()
                            + " ("
                            + each.license()
                            + ", "
                            + each.files()
                            + (each.files() == 1 ? " file)" : " files)")));
    found
        .changes()
        .forEach(
            change ->
                getLog()
                    .warn(
                        "/"
                            + change.path()
                            + " of "
                            + change.owner()
                            + ": "
                            + text(change.kind())));
    Path report = folder(outputFolder, platform).resolve(REPORT);
    Json.write(report, found);
    getLog()
        .info(
            found.packages().size()
                + " packages, "
                + found.changes().size()
                + " changes, "
                + found.unowned().size()
                + " files of no package: "
                + report);
  }

  private static String text(Inspection.Kind kind) {
    return switch (kind) {
      case MISSING -> "it is missing";
      case CONTENT -> "its content was changed";
      case OWNER_OR_MODE -> "its owner or mode was changed";
    };
  }
}
