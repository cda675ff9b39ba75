package io.github.prosodyoci.evidence.inventory;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.evidence.input.PackagesJson.RootPackage;
import java.util.Optional;

/**
 * A file that was used to make an image, and of which nothing is in it but what a compiler copies.
 *
 * @param group what it belongs to: a build root, or a recipe without a package in the image
 * @param file its name
 * @param sha256 its digest
 * @param version its version, if known: a Debian package's own, or else that of the group
 * @param debian the Debian package that it is, if it is one of a build root
 */
public record BuildInput(
    String group,
    String file,
    Digest sha256,
    Optional<String> version,
    Optional<RootPackage> debian) {

  /** Returns its name: that of a Debian package, or else of the file. */
  public String name() {
    return debian.map(RootPackage::name).orElse(file);
  }

  /** Returns its package URL. */
  public String purl() {
    return debian
        .map(
            deb -> Identifiers.debPurl(deb.name(), deb.version(), deb.architecture(), deb.sha256()))
        .orElseGet(
            () -> Identifiers.sourcePurl(file, version.orElse(""), sha256, Optional.empty()));
  }
}
