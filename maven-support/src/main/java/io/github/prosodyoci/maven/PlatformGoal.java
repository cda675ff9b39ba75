package io.github.prosodyoci.maven;

import io.github.prosodyoci.core.Platform;
import org.apache.maven.plugins.annotations.Parameter;

/** A goal that works for one platform. */
public abstract class PlatformGoal extends Goal {

  /**
   * The platform to build for: {@code linux/amd64}, {@code linux/arm64}, {@code linux/arm/v7},
   * {@code linux/386}, {@code linux/ppc64le}, {@code linux/s390x} or {@code linux/riscv64}.
   * Packages are compiled for the first two.
   */
  @Parameter(property = "prosodyoci.platform", defaultValue = "linux/amd64", required = true)
  private String platform;

  /**
   * Creates a goal.
   *
   * @param skipProperty the property that skips this goal
   */
  protected PlatformGoal(String skipProperty) {
    super(skipProperty);
  }

  /**
   * Returns the platform.
   *
   * @throws io.github.prosodyoci.core.FailureException if the parameter names none of ours ({@code
   *     configuration})
   */
  protected final Platform platform() {
    return Parameters.platform(platform);
  }
}
