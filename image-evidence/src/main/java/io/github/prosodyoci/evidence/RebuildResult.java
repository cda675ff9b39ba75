package io.github.prosodyoci.evidence;

import io.github.prosodyoci.core.Digest;
import java.nio.file.Path;

/**
 * An image that was built again.
 *
 * @param expected the digest of the image that was to be built
 * @param found the digest of what was built
 * @param archive the archive that holds it
 * @param repository where its commit was checked out from
 * @param commit the commit
 */
public record RebuildResult(
    Digest expected, Digest found, Path archive, String repository, String commit) {

  /** Returns whether it is the same image, byte for byte. */
  public boolean isIdentical() {
    return found.equals(expected);
  }
}
