package io.github.prosodyoci.core;

import java.util.Locale;
import java.util.Optional;

/** A kind of failure that callers may decide by. Each room has an enum of its own kinds. */
public interface FailureCode {

  /** Returns the constant's name, such as {@code DIGEST_MISMATCH}. */
  String name();

  /** Returns the stable text that messages and reports show, such as {@code digest-mismatch}. */
  default String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns what to do about any failure of this kind, if that can be said; whole sentences. */
  default Optional<String> advice() {
    return Optional.empty();
  }
}
