package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.run.IsolationMode;
import io.github.prosodyoci.compile.run.StepLimits;
import io.github.prosodyoci.core.BuildHost;
import java.nio.file.Path;
import java.time.Instant;

/**
 * How a machine builds, whatever the recipes.
 *
 * @param host the kind of machine
 * @param cache the folder for what builds share: sources, build roots, built packages, signing key
 * @param cacheKey the key that vouches for built packages in the cache; created if it is missing
 * @param rebuild whether to build everything, even if the cache has it
 * @param jobs how many processor cores to use
 * @param limits how much one step may use
 * @param isolation what to do if steps cannot be isolated
 * @param timestamp the time of everything that is built
 */
public record BuildSettings(
    BuildHost host,
    Path cache,
    Path cacheKey,
    boolean rebuild,
    int jobs,
    StepLimits limits,
    IsolationMode isolation,
    Instant timestamp) {

  /** Returns how many recipes to build at the same time, so that a build step finds cores too. */
  int recipesAtOnce() {
    return jobs < 2 ? 1 : Math.min(6, 2 + jobs / 4);
  }

  /** Returns how many cores one step may use: recipes share them, and each costs memory. */
  int jobsPerStep() {
    return Math.min(jobs, 8 + jobs / 4);
  }
}
