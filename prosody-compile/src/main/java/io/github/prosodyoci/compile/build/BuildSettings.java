package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.run.IsolationMode;
import io.github.prosodyoci.compile.run.StepLimits;
import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Platform;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * How a machine builds, whatever the recipes.
 *
 * @param host the kind of machine
 * @param cache the folder for what builds share: sources, toolchain, built packages, signing key
 * @param cacheKey the key that vouches for built packages in the cache; created if it is missing
 * @param rebuild whether to build everything, even if the cache has it
 * @param jobs how many processor cores to use
 * @param limits how much one step may use
 * @param isolation what to do if steps cannot be isolated
 * @param timestamp the time of everything that is built
 * @param searchPath the folders with the programs of this machine
 */
public record BuildSettings(
    BuildHost host,
    Path cache,
    Path cacheKey,
    boolean rebuild,
    int jobs,
    StepLimits limits,
    IsolationMode isolation,
    Instant timestamp,
    List<Path> searchPath) {

  /** Copies the list. */
  public BuildSettings {
    searchPath = List.copyOf(searchPath);
  }

  /**
   * Returns the platform of packages whose programs run on this machine.
   *
   * @throws io.github.prosodyoci.core.FailureException if there is none
   */
  public Platform hostPlatform() {
    for (Platform platform : Platform.values()) {
      if (platform.apkArchitecture().equals(host.apkArchitecture())) {
        return platform;
      }
    }
    throw Failure.of(
            CompileCode.UNSUPPORTED_HOST,
            "build",
            "the packages",
            "this machine is " + host + ", and no platform that we build for runs on it")
        .advising("Build on another kind of machine.")
        .toException();
  }

  /** Returns how many recipes to build at the same time, so that a build step finds cores too. */
  int recipesAtOnce() {
    return jobs < 2 ? 1 : Math.min(6, 2 + jobs / 4);
  }

  /** Returns how many cores one step may use: recipes share them, and each costs memory. */
  int jobsPerStep() {
    return Math.min(jobs, 8 + jobs / 4);
  }
}
