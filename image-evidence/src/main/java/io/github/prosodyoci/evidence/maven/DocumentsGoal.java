package io.github.prosodyoci.evidence.maven;

import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.evidence.DocumentsRequest;
import io.github.prosodyoci.evidence.DocumentsResult;
import io.github.prosodyoci.evidence.input.BuildReports;
import io.github.prosodyoci.evidence.sbom.Tool;
import io.github.prosodyoci.maven.Parameters;
import io.github.prosodyoci.maven.PlatformGoal;
import java.io.File;
import java.nio.file.Path;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.jspecify.annotations.Nullable;

/**
 * A goal that writes documents on the image of this build: with several platforms, on the image of
 * each.
 */
abstract class DocumentsGoal extends PlatformGoal {

  /** The report of {@code image-assemble:archive}, beside which the layers are. */
  @Parameter(
      property = "prosodyoci.image.reportFile",
      defaultValue = "${project.build.directory}/image.json",
      required = true)
  File reportFile;

  /** The folder of the documents on the image. */
  @Parameter(
      property = "prosodyoci.evidence.folder",
      defaultValue = "${project.build.directory}/evidence",
      required = true)
  File folder;

  /** Who supplies the image; by default the project's organization, or else its name. */
  @Parameter(property = "prosodyoci.evidence.supplier")
  @Nullable String supplier;

  @Parameter(defaultValue = "${plugin.version}", readonly = true, required = true)
  private String version;

  DocumentsGoal(String skipProperty) {
    super(skipProperty);
  }

  /** Returns what to write on the image of a platform, and where. */
  final DocumentsRequest request(Platform platform) {
    File build = new File(session().getCurrentProject().getBuild().getDirectory());
    return request(
        BuildReports.of(place(reportFile, platform), folder(build, platform), build.toPath()),
        place(folder, platform));
  }

  /** Returns what to write on the reported image, and where. */
  final DocumentsRequest request(BuildReports reports, Path to) {
    return new DocumentsRequest(
        reports, to, outputTimestamp(), supplier(), new Tool("image-evidence", version), code());
  }

  private String supplier() {
    MavenProject project = session().getCurrentProject();
    return Parameters.text(supplier)
        .orElseGet(
            () ->
                project.getOrganization() == null || project.getOrganization().getName() == null
                    ? project.getName()
                    : project.getOrganization().getName());
  }

  /** Returns the version of this plugin. */
  final String version() {
    return version;
  }

  /** Logs what was written. */
  final void log(DocumentsResult result) {
    Path root = Path.of(session().getExecutionRootDirectory()).toAbsolutePath();
    for (Path file : result.files()) {
      getLog()
          .info(
              (result.upToDate() ? "Up to date: " : "Wrote ")
                  + root.relativize(file.toAbsolutePath().normalize()));
    }
  }
}
