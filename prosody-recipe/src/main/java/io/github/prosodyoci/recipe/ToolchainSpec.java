package io.github.prosodyoci.recipe;

import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Place;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which compiler builds the recipes: the {@code toolchain.yaml} beside them.
 *
 * @param name such as {@code llvm}
 * @param version its version
 * @param sources its archives, one per kind of building machine
 * @param where its line in the file
 */
public record ToolchainSpec(
    String name, String version, List<DeclaredSource> sources, Place where) {

  /** Makes it immutable. */
  public ToolchainSpec {
    sources = List.copyOf(sources);
  }

  /**
   * Returns the archive for a machine.
   *
   * @throws FailureException with {@link RecipeCode#NO_TOOLCHAIN} if there is none
   */
  public DeclaredSource source(BuildHost host) {
    return sources.stream()
        .filter(source -> source.host().map(host::equals).orElse(true))
        .findFirst()
        .orElseThrow(
            () ->
                Failure.of(
                        RecipeCode.NO_TOOLCHAIN,
                        "build on",
                        host.toString(),
                        "the compiler is declared only for "
                            + sources.stream()
                                .flatMap(source -> source.host().stream())
                                .map(BuildHost::toString)
                                .collect(Collectors.joining(", ")))
                    .at(where)
                    .toException());
  }
}
