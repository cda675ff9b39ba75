package io.github.prosodyoci.compile.run;

import java.util.Locale;
import java.util.Optional;

/** What to do if this machine cannot isolate build steps. */
public enum IsolationMode {
  /** Stop the build. */
  REQUIRED,
  /** Warn, and continue without isolation. */
  AUTO;

  /**
   * Returns the mode that a user asked for; by default {@link #REQUIRED} in continuous integration
   * and {@link #AUTO} elsewhere.
   *
   * @param asked {@code required} or {@code auto}
   * @param ci the environment variable {@code CI}, which build services set to {@code true}
   * @throws IllegalArgumentException if it is another word
   */
  public static IsolationMode of(Optional<String> asked, Optional<String> ci) {
    if (asked.isEmpty()) {
      return ci.map("true"::equals).orElse(false) ? REQUIRED : AUTO;
    }
    for (IsolationMode mode : values()) {
      if (mode.name().toLowerCase(Locale.ROOT).equals(asked.get())) {
        return mode;
      }
    }
    throw new IllegalArgumentException("it must be required or auto, not " + asked.get());
  }
}
