package io.github.prosodyoci.packages.lock;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import java.util.Locale;

/** What a build does about its lock. */
public enum LockUse {
  /** Takes what it names; where it is missing or does not fit, that is an error. */
  CHECK,
  /** Makes it where there is none for the platform; else as {@link #CHECK}. */
  CREATE,
  /** Makes it anew, from the repositories as they are now. */
  UPDATE;

  /**
   * Returns the use that a parameter names, such as {@code update}.
   *
   * @throws FailureException if it names none ({@code configuration})
   */
  public static LockUse parse(String text) {
    for (LockUse use : values()) {
      if (use.name().toLowerCase(Locale.ROOT).equals(text.strip())) {
        return use;
      }
    }
    throw Failure.of(
            CommonCode.CONFIGURATION,
            "use",
            "prosodyoci.lock=" + text,
            "there is no such use of a lock")
        .expecting("check, create or update")
        .toException();
  }
}
