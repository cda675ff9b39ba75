package io.github.prosodyoci.evidence.maven;

import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.evidence.BillOfMaterials;
import io.github.prosodyoci.evidence.input.BuildReports;
import java.io.File;
import java.nio.file.Path;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Writes what is in the image that {@code image-assemble:archive} made: the bill of materials as
 * CycloneDX 1.6 and SPDX 2.3, and the statements on published vulnerabilities as OpenVEX and
 * CycloneDX. The same image has the same documents on every machine.
 */
@Mojo(name = "sbom", defaultPhase = LifecyclePhase.PACKAGE, threadSafe = true)
public final class SbomMojo extends DocumentsGoal {

  /** With several platforms, the report of {@code image-assemble:index}. */
  @Parameter(
      property = "prosodyoci.index.reportFile",
      defaultValue = "${project.build.directory}/index.json",
      required = true)
  File indexReportFile;

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.sbom.skip", defaultValue = "false")
  private boolean skip;

  /** Creates the goal. */
  public SbomMojo() {
    super("prosodyoci.sbom.skip");
  }

  @Override
  protected boolean isSkipped() {
    return skip;
  }

  @Override
  protected void run() {
    BillOfMaterials writer = new BillOfMaterials(getLog()::info);
    for (Platform platform : platforms()) {
      log(writer.write(request(platform)));
    }
    if (hasSeveralPlatforms()) {
      Path build = Path.of(session().getCurrentProject().getBuild().getDirectory());
      log(
          writer.write(
              request(BuildReports.of(indexReportFile.toPath(), build, build), folder.toPath())));
    }
  }
}
