package io.github.prosodyoci.evidence.maven;

import io.github.prosodyoci.evidence.BillOfMaterials;
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
    log(new BillOfMaterials(getLog()::info).write(request()));
  }
}
