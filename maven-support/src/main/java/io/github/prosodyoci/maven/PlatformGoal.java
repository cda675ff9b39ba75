package io.github.prosodyoci.maven;

import io.github.prosodyoci.core.Platform;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.apache.maven.plugins.annotations.Parameter;

/**
 * A goal that works for one platform or several. Of one, files are where the parameters say; of
 * several, those of each are in a folder of its own, such as {@code target/linux-arm64}.
 */
public abstract class PlatformGoal extends Goal {

  /**
   * The platforms to build for, separated by commas: {@code linux/amd64}, {@code linux/arm64},
   * {@code linux/arm/v7}, {@code linux/386}, {@code linux/ppc64le}, {@code linux/s390x}, {@code
   * linux/riscv64}; or {@code all}. By default that of this machine, or {@code linux/amd64} if it
   * is none of them.
   */
  @Parameter(property = "prosodyoci.platforms")
  private List<String> platforms = List.of();

  /**
   * Creates a goal.
   *
   * @param skipProperty the property that skips this goal
   */
  protected PlatformGoal(String skipProperty) {
    super(skipProperty);
  }

  /**
   * Returns the platforms, at least one, in the order of {@link Platform}.
   *
   * @throws io.github.prosodyoci.core.FailureException if the parameter names one that is none of
   *     ours ({@code configuration})
   */
  protected final List<Platform> platforms() {
    return Parameters.platforms(
        platforms, session().getSystemProperties().getProperty("os.arch", ""));
  }

  /** Returns whether there are several platforms, so that each has a folder of its own. */
  protected final boolean hasSeveralPlatforms() {
    return platforms().size() > 1;
  }

  /**
   * Returns where a file or folder of one platform is: where the parameter says, or, of several
   * platforms, in the platform's folder beside that: {@code target/linux-arm64/image.json}.
   */
  protected final Path place(File parameter, Platform platform) {
    Path file = parameter.toPath();
    return hasSeveralPlatforms()
        ? file.resolveSibling(platform.fileName()).resolve(file.getFileName())
        : file;
  }

  /**
   * Returns the folder of what is made for one platform: the parameter's, or, of several platforms,
   * the platform's folder in it.
   */
  protected final Path folder(File parameter, Platform platform) {
    Path folder = parameter.toPath();
    return hasSeveralPlatforms() ? folder.resolve(platform.fileName()) : folder;
  }

  /** Logs the platform that the following lines are about, if there are several. */
  protected final void announce(Platform platform) {
    if (hasSeveralPlatforms()) {
      getLog().info(platform + ":");
    }
  }
}
