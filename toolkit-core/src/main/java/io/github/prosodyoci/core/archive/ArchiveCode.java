package io.github.prosodyoci.core.archive;

import io.github.prosodyoci.core.FailureCode;
import java.util.Optional;

/** Why an archive could not be read. */
public enum ArchiveCode implements FailureCode {
  /** It breaks the format. */
  TAR_FORMAT("Fetch or build the file again."),
  /** Programs read it in different ways. */
  TAR_AMBIGUOUS("Fetch or build the file again."),
  /** A path in it leads out of its root. */
  TAR_ESCAPE("Do not trust where the file came from."),
  /** It holds more data than is sensible. */
  LIMIT("Do not trust where the file came from.");

  private final String advice;

  ArchiveCode(String advice) {
    this.advice = advice;
  }

  @Override
  public Optional<String> advice() {
    return Optional.of(advice);
  }
}
