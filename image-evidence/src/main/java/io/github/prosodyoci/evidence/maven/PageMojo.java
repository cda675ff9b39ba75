package io.github.prosodyoci.evidence.maven;

import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.evidence.PageRequest;
import io.github.prosodyoci.evidence.PageWriter;
import java.io.File;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * Writes a page about the image for people: its packages by size, who signed which source, known
 * vulnerabilities, licences, configuration, and how to verify it. One file without scripts.
 */
@Mojo(name = "page", defaultPhase = LifecyclePhase.PACKAGE, threadSafe = true)
public final class PageMojo extends DocumentsGoal {

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.page.skip", defaultValue = "false")
  private boolean skip;

  /** The page to write. */
  @Parameter(
      property = "prosodyoci.page.file",
      defaultValue = "${project.build.directory}/image.html",
      required = true)
  File pageFile;

  /** Creates the goal. */
  public PageMojo() {
    super("prosodyoci.page.skip");
  }

  @Override
  protected boolean isSkipped() {
    return skip;
  }

  @Override
  protected void run() {
    PageWriter writer = new PageWriter(getLog()::info);
    for (Platform platform : platforms()) {
      log(writer.write(new PageRequest(request(platform), place(pageFile, platform))));
    }
  }
}
