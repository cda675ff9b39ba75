package io.github.prosodyoci.recipe;

import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Place;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The programs and libraries that build steps run with: the {@code build-root.yaml} beside the
 * recipes.
 *
 * @param name such as {@code bookworm-llvm}
 * @param version its version
 * @param sources its Debian packages, for all kinds of building machine
 * @param where its line in the file
 */
public record BuildRootSpec(
    String name, String version, List<DeclaredSource> sources, Place where) {

  /** Makes it immutable. */
  public BuildRootSpec {
    sources = List.copyOf(sources);
  }

  /**
   * Returns the packages that make the build root of a machine, in the order of the file.
   *
   * @throws FailureException with {@link RecipeCode#NO_BUILD_ROOT} if none is declared for its kind
   */
  public List<DeclaredSource> sources(BuildHost host) {
    if (sources.stream().noneMatch(source -> source.host().map(host::equals).orElse(false))) {
      throw Failure.of(
              RecipeCode.NO_BUILD_ROOT,
              "build on",
              host.toString(),
              "the build root has packages only for "
                  + sources.stream()
                      .flatMap(source -> source.host().stream())
                      .map(BuildHost::toString)
                      .distinct()
                      .collect(Collectors.joining(", ")))
          .at(where)
          .toException();
    }
    return sources.stream().filter(source -> source.host().map(host::equals).orElse(true)).toList();
  }
}
