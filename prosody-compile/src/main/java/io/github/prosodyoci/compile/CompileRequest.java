package io.github.prosodyoci.compile;

import io.github.prosodyoci.compile.build.BuildSettings;
import io.github.prosodyoci.core.Platform;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Everything that a build of packages depends on.
 *
 * @param recipes folders with recipes, or single recipes
 * @param platform what the packages run on
 * @param verification the report that says which sources may be trusted
 * @param output the folder that gets {@code packages/} and {@code packages.json}
 * @param signingKey an RSA private key as PEM; without one, a key in the cache is used, and created
 *     on first use
 * @param repositories the packages that recipes are built against and none of them makes
 * @param settings how this machine builds
 */
public record CompileRequest(
    List<Path> recipes,
    Platform platform,
    Path verification,
    Path output,
    Optional<Path> signingKey,
    SysrootRepositories repositories,
    BuildSettings settings) {

  /** Copies the list. */
  public CompileRequest {
    recipes = List.copyOf(recipes);
  }
}
