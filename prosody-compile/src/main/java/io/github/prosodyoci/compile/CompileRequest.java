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
 * @param targets what the packages run on: one platform or several
 * @param verification the report that says which sources may be trusted
 * @param output the folder that gets {@code packages/}, with a folder for each architecture
 * @param signingKey an RSA private key as PEM; without one, a key in the cache is used, and created
 *     on first use
 * @param settings how this machine builds
 */
public record CompileRequest(
    List<Path> recipes,
    List<Target> targets,
    Path verification,
    Path output,
    Optional<Path> signingKey,
    BuildSettings settings) {

  /**
   * A platform that packages are built for.
   *
   * @param platform what the packages run on
   * @param report the file that gets the report, such as {@code target/packages.json}
   * @param repositories the packages that recipes are built against and none of them makes
   */
  public record Target(Platform platform, Path report, SysrootRepositories repositories) {}

  /** Copies the lists. */
  public CompileRequest {
    recipes = List.copyOf(recipes);
    targets = List.copyOf(targets);
  }
}
