package io.github.prosodyoci.compile;

import io.github.prosodyoci.compile.run.IsolationMode;
import io.github.prosodyoci.compile.run.StepLimits;
import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.Platform;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All that a build of packages depends on.
 *
 * @param recipes folders with recipes, or single ones
 * @param platform what the packages run on
 * @param host the machine that builds
 * @param cache the folder for what builds share: sources, toolchain, built packages, signing key
 * @param cacheKey the key that vouches for built packages in the cache; made if it is missing
 * @param rebuild whether to take no built package from the cache
 * @param output the folder that gets {@code packages/} and {@code packages.json}
 * @param verification the report that says which sources may be trusted
 * @param signingKey an RSA private key as PEM; without one, a key in the cache is used, and made if
 *     need be
 * @param jobs how many processor cores to use
 * @param limits how much one step may use
 * @param isolation what to do where steps cannot be isolated
 * @param timestamp the time of everything that is built
 * @param searchPath the folders that hold the programs of this machine
 * @param repositories gives what recipes are built against and none of them makes
 */
public record CompileRequest(
    List<Path> recipes,
    Platform platform,
    BuildHost host,
    Path cache,
    Path cacheKey,
    boolean rebuild,
    Path output,
    Path verification,
    Optional<Path> signingKey,
    int jobs,
    StepLimits limits,
    IsolationMode isolation,
    Instant timestamp,
    List<Path> searchPath,
    SysrootRepositories repositories) {

  /** Copies the lists. */
  public CompileRequest {
    recipes = List.copyOf(recipes);
    searchPath = List.copyOf(searchPath);
  }
}
