package io.github.prosodyoci.recipe;

import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.recipe.yaml.YamlNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An entry of the list of sources in a recipe (docs/recipes.md).
 *
 * @param recipe the name of the recipe: of its package or toolchain, or else of the file
 * @param source the file, its digest and origins
 * @param evidence the entries of {@code evidence}; what they mean is up to who verifies
 * @param evidenceFiles the files that the evidence consists of, each known by its digest
 * @param unpack where to unpack it, if that is said
 * @param arch the only target architecture (as Alpine names it) that needs it; none means all
 * @param host the only building machine that needs it; none means all
 * @param where where the entry stands, as {@code file:line}
 */
public record DeclaredSource(
    String recipe,
    Source source,
    List<YamlNode> evidence,
    List<EvidenceFile> evidenceFiles,
    Optional<String> unpack,
    Optional<String> arch,
    Optional<BuildHost> host,
    String where) {

  /** Copies the lists. */
  public DeclaredSource {
    evidence = List.copyOf(evidence);
    evidenceFiles = List.copyOf(evidenceFiles);
  }

  /**
   * A file that evidence consists of, such as a detached signature.
   *
   * @param source the file, its digest and origins
   * @param optional whether it may be missing
   */
  public record EvidenceFile(Source source, boolean optional) {}

  /**
   * Says whether a build needs this source.
   *
   * @param architectures the target architectures, as Alpine names them
   * @param machine the machine that builds
   */
  public boolean appliesTo(Set<String> architectures, BuildHost machine) {
    return arch.map(architectures::contains).orElse(true) && host.map(machine::equals).orElse(true);
  }
}
