package io.github.prosodyoci.update;

import io.github.prosodyoci.verify.TrustFolder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What to look for newer versions of.
 *
 * @param recipes recipes, or folders of them; those without sources are ignored
 * @param trust the pinned certificates
 * @param suites the suites of Debian to ask; if empty, all whose keys are known
 * @param maximumAge how old the index of a suite that changes daily may be before it counts as
 *     stale
 */
public record OutdatedRequest(
    List<Path> recipes, TrustFolder trust, List<String> suites, Duration maximumAge) {

  /** Copies the lists. */
  public OutdatedRequest {
    recipes = List.copyOf(recipes);
    suites = List.copyOf(suites);
  }
}
