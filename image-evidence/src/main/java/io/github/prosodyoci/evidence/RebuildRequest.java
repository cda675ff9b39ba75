package io.github.prosodyoci.evidence;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.evidence.provenance.Provenance;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Which image to build again, and where.
 *
 * @param image the digest of the image
 * @param provenance what was said of its build
 * @param folder a folder that does not exist yet, or is empty; it gets the checked-out project, a
 *     cache of its own, and the log
 * @param repository where the commit is checked out from: an address, or the folder of a clone;
 *     empty for the address that the provenance names
 * @param downloads a cache from which downloads are copied, checked by their digests; empty to
 *     download all
 * @param maven the program {@code mvn}
 * @param java the home of the JDK that builds
 * @param arguments further arguments of Maven, such as {@code -s} and a file
 */
public record RebuildRequest(
    Digest image,
    Provenance.Predicate provenance,
    Path folder,
    Optional<String> repository,
    Optional<Path> downloads,
    Path maven,
    Path java,
    List<String> arguments) {

  /** Copies the list. */
  public RebuildRequest {
    arguments = List.copyOf(arguments);
  }
}
