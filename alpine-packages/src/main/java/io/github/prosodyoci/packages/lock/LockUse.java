package io.github.prosodyoci.packages.lock;

import io.github.prosodyoci.packages.PackagesException;
import io.github.prosodyoci.packages.PackagesException.Code;
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
   * @throws PackagesException if it names none ({@code configuration})
   */
  public static LockUse parse(String text) {
    for (LockUse use : values()) {
      if (use.name().toLowerCase(Locale.ROOT).equals(text.strip())) {
        return use;
      }
    }
    throw new PackagesException(
        Code.CONFIGURATION,
        "Could not use prosodyoci.lock=" + text + ": it is check, create or update. Correct it.");
  }
}
