package io.github.prosodyoci.maven;

import io.github.prosodyoci.core.Platform;
import java.time.Instant;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** A goal that works for one platform. */
public abstract class PlatformGoal extends Goal {

  /** The platform to build for, {@code linux/amd64} or {@code linux/arm64}. */
  @Parameter(property = "prosodyoci.platform", defaultValue = "linux/amd64", required = true)
  private String platform;

  /**
   * The time that everything carries that the build makes: ISO 8601 with an offset, or seconds
   * since 1970.
   */
  @Parameter(defaultValue = "${project.build.outputTimestamp}")
  private @Nullable String outputTimestamp;

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

  /**
   * Returns the one time that everything carries that the build makes.
   *
   * @throws io.github.prosodyoci.core.FailureException if none is set, or it is no time ({@code
   *     configuration})
   */
  protected final Instant outputTimestamp() {
    return Parameters.outputTimestamp(outputTimestamp);
  }
}
