package io.github.prosodyoci.update;

import io.github.prosodyoci.verify.TrustFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which recipe to update, and to which version.
 *
 * @param recipes recipes, or folders of them
 * @param trust the pinned certificates
 * @param recipe the name of the recipe
 * @param toVersion the version of the software or of Debian's package; if empty, the newest in the
 *     suites that the recipe's evidence names and in their updates, or, for what does not come from
 *     Debian, the newest that upstream lists
 * @param waivers the checks to skip
 */
public record UpdateRequest(
    List<Path> recipes,
    TrustFolder trust,
    String recipe,
    Optional<String> toVersion,
    Set<UpdateWaiver> waivers) {

  /** Copies the collections. */
  public UpdateRequest {
    recipes = List.copyOf(recipes);
    waivers = Set.copyOf(waivers);
  }
}
