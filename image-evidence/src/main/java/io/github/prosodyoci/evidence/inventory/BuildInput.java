package io.github.prosodyoci.evidence.inventory;

import io.github.prosodyoci.core.Digest;
import java.util.Optional;

/**
 * A file that was used to make an image, and of which nothing is in it but what a compiler copies.
 *
 * @param group what it belongs to: a build root, or a recipe without a package in the image
 * @param file its name
 * @param sha256 its digest
 * @param version the version of the group, if known
 */
public record BuildInput(String group, String file, Digest sha256, Optional<String> version) {

  /** Returns its package URL. */
  public String purl() {
    return Identifiers.sourcePurl(file, version.orElse(""), sha256, Optional.empty());
  }
}
