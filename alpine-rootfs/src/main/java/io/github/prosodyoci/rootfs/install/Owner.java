package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.packages.apk.PackageInfo;

/** A package that owns files of the image. */
interface Owner {

  /** Returns what the package says of itself. */
  PackageInfo info();

  /** Returns the place of its layer, 0 for the lowest; -1 if it is in the base image. */
  int layer();

  /** Notes that a file is another package's from now on. */
  void removeFile(String path);

  /** Returns whether it may overwrite another package's files. */
  default boolean replaces(Owner other) {
    return info().replaces().stream()
        .anyMatch(
            dependency ->
                dependency.name().equals(other.info().name())
                    && dependency.accepts(other.info().version()) != dependency.conflict());
  }

  /** Returns whether it was built from the same recipe as another package. */
  default boolean hasOriginOf(Owner other) {
    return !info().origin().isEmpty() && info().origin().equals(other.info().origin());
  }
}
