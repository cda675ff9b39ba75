package io.github.prosodyoci.recipe;

import io.github.prosodyoci.core.BuildHost;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Which compiler builds the recipes: the {@code toolchain.yaml} beside them.
 *
 * @param name such as {@code llvm}
 * @param version its version
 * @param sources its archives, one per kind of building machine
 * @param where the place in the file, as {@code file:line}
 */
public record ToolchainSpec(
    String name, String version, List<DeclaredSource> sources, String where) {

  /** Copies the list. */
  public ToolchainSpec {
    sources = List.copyOf(sources);
  }

  /**
   * Returns the archive for a machine.
   *
   * @throws RecipeException if there is none
   */
  public DeclaredSource source(BuildHost host) {
    return sources.stream()
        .filter(source -> source.host().map(host::equals).orElse(true))
        .findFirst()
        .orElseThrow(
            () ->
                new RecipeException(
                    "Could not build on "
                        + host
                        + ": "
                        + where
                        + " declares the compiler only for "
                        + sources.stream()
                            .flatMap(source -> source.host().stream())
                            .map(BuildHost::toString)
                            .collect(Collectors.joining(", "))
                        + ". Add a source with 'host: "
                        + host
                        + "', or build on one of these."));
  }
}
