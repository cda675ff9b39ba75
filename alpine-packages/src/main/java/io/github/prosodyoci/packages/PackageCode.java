package io.github.prosodyoci.packages;

import io.github.prosodyoci.core.FailureCode;
import java.util.Optional;

/** Why packages, indexes and locks could not be used. */
public enum PackageCode implements FailureCode {
  /** Not a package or index of apk v2. */
  APK_FORMAT("Build or fetch the file again."),
  /** Signed by none of the trusted keys, or with a wrong signature. */
  APK_SIGNATURE(
      "Add the right key to the folder of keys, or use a repository signed by one of them."),
  /** Signed only with an algorithm or key that is too weak. */
  APK_WEAK_SIGNATURE("Use a repository with a stronger signature.") {
    @Override
    public String text() {
      return "apk-weak-sig";
    }
  },
  /** A package that is not the one its index names. */
  APK_IDENTITY("Build or fetch the package again."),
  /** A package whose files are not those its control part names. */
  APK_DATAHASH("Build or fetch the package again."),
  /** A package or index of apk v3. */
  APK_V3_UNSUPPORTED("Use a repository of format v2."),
  /** A name, version or dependency of invalid form. */
  BAD_NAME("Correct it where it is written."),
  /** More data or work than is sensible. */
  LIMIT("Do not trust where the file came from."),
  /** No choice of packages fits the world. */
  UNSATISFIABLE("Change these entries, or add a repository that has what is missing."),
  /** A lock file that does not fit what is built. */
  LOCK(
      "Run `mvn package -Dprosodyoci.lock=update`, with the profiles and properties of this build,"
          + " and commit the file; what changes in it is what changes in the image.");

  private final String advice;

  PackageCode(String advice) {
    this.advice = advice;
  }

  @Override
  public Optional<String> advice() {
    return Optional.of(advice);
  }
}
