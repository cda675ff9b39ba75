package io.github.prosodyoci.update;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A check that an update may skip because somebody did it by hand. */
public enum UpdateWaiver {
  /** The archive of a release that only upstream signed need not name its version. */
  UNNAMED_VERSION,
  /** The new signature need not be newer than the pinned one, which may be gone. */
  SIGNATURE_AGE;

  /**
   * Returns the waiver with a name, such as {@code unnamed-version}.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public static UpdateWaiver parse(String name) {
    return Stream.of(values())
        .filter(waiver -> waiver.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'"
                        + name
                        + "' is not known. Known are "
                        + Stream.of(values())
                            .map(Object::toString)
                            .collect(Collectors.joining(", "))
                        + "."));
  }

  /** Returns the name as {@code prosodyoci.update.allow} takes it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
