package io.github.prosodyoci.core;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;

/** The one time that everything made by a build carries: Maven's project.build.outputTimestamp. */
public final class OutputTimestamp {

  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,11}");

  private OutputTimestamp() {}

  /**
   * Returns the time that a text names: an ISO 8601 date and time with an offset, such as {@code
   * 2026-11-01T00:00:00Z}, or whole seconds since 1970-01-01T00:00:00Z. Parts of a second are cut.
   *
   * @throws IllegalArgumentException if the text is neither, or lies before 1970
   */
  public static Instant parse(String text) {
    Instant time;
    try {
      time =
          SECONDS.matcher(text).matches()
              ? Instant.ofEpochSecond(Long.parseLong(text))
              : OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.SECONDS);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "Could not read the time \""
              + text
              + "\": neither like 2026-11-01T00:00:00Z nor seconds since 1970."
              + " Correct the property project.build.outputTimestamp",
          e);
    }
    if (time.getEpochSecond() < 0) {
      throw new IllegalArgumentException(
          "Could not use the time "
              + text
              + ": it lies before 1970. Correct the property project.build.outputTimestamp");
    }
    return time;
  }
}
