package io.github.prosodyoci.verify.maven;

import io.github.prosodyoci.fetch.maven.SourceGoal;
import io.github.prosodyoci.verify.TrustFolder;
import java.io.File;
import java.io.IOException;
import org.apache.maven.plugins.annotations.Parameter;

/** A goal about the evidence of sources. */
public abstract class TrustGoal extends SourceGoal {

  /**
   * The folder of what is trusted: public certificates ({@code *.asc}), and {@code trust.yaml},
   * which may pin each of them by its SHA-256, and says which keys sign which suite of Debian's
   * archive.
   */
  @Parameter(
      property = "prosodyoci.trust",
      defaultValue = "${project.basedir}/src/main/trust",
      required = true)
  private File trust;

  /**
   * Creates a goal.
   *
   * @param skipProperty the property that skips this goal
   */
  protected TrustGoal(String skipProperty) {
    super(skipProperty);
  }

  /**
   * Returns what is trusted.
   *
   * @throws IOException if the folder cannot be read
   */
  protected final TrustFolder trust() throws IOException {
    return TrustFolder.read(trust.toPath());
  }
}
