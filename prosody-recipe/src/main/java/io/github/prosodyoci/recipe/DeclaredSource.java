package io.github.prosodyoci.recipe;

import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Place;
import io.github.prosodyoci.core.Platform;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A source as a recipe declares it (docs/recipes.md).
 *
 * @param recipe the name of the package or build root; of a plain list, that of the file
 * @param source the file, its digest and origins
 * @param evidence why it may be trusted; empty in a plain list of downloads
 * @param unpack the folder to unpack it into, if given
 * @param arch the only target architecture (as Alpine names it) that needs it; empty for all
 * @param host the only building machine that needs it; empty for all
 * @param where the line of the entry
 */
public record DeclaredSource(
    String recipe,
    Source source,
    List<Evidence> evidence,
    Optional<String> unpack,
    Optional<String> arch,
    Optional<BuildHost> host,
    Place where) {

  /** Makes it immutable. */
  public DeclaredSource {
    evidence = List.copyOf(evidence);
  }

  /**
   * Returns the evidence, of which there must be some.
   *
   * @throws FailureException with {@link RecipeCode#NO_EVIDENCE} if none is declared
   */
  public List<Evidence> requiredEvidence() {
    if (evidence.isEmpty()) {
      throw Failure.of(RecipeCode.NO_EVIDENCE, "verify", source.file(), "it has no evidence")
          .at(where)
          .toException();
    }
    return evidence;
  }

  /**
   * Returns the sources that a build needs. Those of the building machine's own architecture are
   * needed as well, for programs that the build itself runs.
   *
   * @param targets what the packages run on
   * @param machine the machine that builds
   */
  public static List<DeclaredSource> needed(
      List<DeclaredSource> declared, Collection<Platform> targets, BuildHost machine) {
    Set<String> architectures =
        Stream.concat(targets.stream(), Stream.of(machine.platform()))
            .map(Platform::apkArchitecture)
            .collect(Collectors.toSet());
    return declared.stream().filter(source -> source.appliesTo(architectures, machine)).toList();
  }

  private boolean appliesTo(Set<String> architectures, BuildHost machine) {
    return arch.map(architectures::contains).orElse(true) && host.map(machine::equals).orElse(true);
  }
}
