package io.github.prosodyoci.image;

import com.google.cloud.tools.jib.api.LogEvent;
import java.util.regex.Pattern;

/** The text of Jib's log events. */
final class JibLog {

  private static final Pattern COLOUR = Pattern.compile("\033\\[[0-9;]*m");

  private JibLog() {}

  /** Returns the text of an event without the terminal colours that some carry. */
  static String text(LogEvent event) {
    return COLOUR.matcher(event.getMessage()).replaceAll("");
  }
}
