package io.github.prosodyoci.update;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Versions within names and addresses, where they stand by themselves. */
final class VersionText {

  private VersionText() {}

  /** Says whether a version stands in a text, and not as a part of a longer one. */
  static boolean holds(String text, String version) {
    return pattern(version).matcher(text).find();
  }

  /** Returns where a version starts that stands in a text once; -1 if there is none such. */
  static int position(String text, String version) {
    Matcher matcher = pattern(version).matcher(text);
    int at = matcher.find() ? matcher.start() : -1;
    return at >= 0 && matcher.find() ? -1 : at;
  }

  /** Returns the text with another version in each place. */
  static String replace(String text, String version, String other) {
    return pattern(version).matcher(text).replaceAll(Matcher.quoteReplacement(other));
  }

  private static Pattern pattern(String version) {
    return Pattern.compile(
        "(?<![0-9]|[0-9][.]|[A-Za-z&&[^vV]])" + Pattern.quote(version) + "(?![0-9]|[.][0-9])");
  }
}
