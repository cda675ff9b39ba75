package io.github.prosodyoci.update;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds versions in names and addresses, where they are not part of a longer one. */
final class VersionText {

  private VersionText() {}

  /** Returns whether a text contains a version that is not part of a longer one. */
  static boolean holds(String text, String version) {
    return pattern(version).matcher(text).find();
  }

  /** Returns where the only occurrence of a version starts; -1 if there is none, or more. */
  static int position(String text, String version) {
    Matcher matcher = pattern(version).matcher(text);
    int at = matcher.find() ? matcher.start() : -1;
    return at >= 0 && matcher.find() ? -1 : at;
  }

  /** Returns the text with each occurrence replaced by another version. */
  static String replace(String text, String version, String other) {
    return pattern(version).matcher(text).replaceAll(Matcher.quoteReplacement(other));
  }

  private static Pattern pattern(String version) {
    return Pattern.compile(
        "(?<![0-9]|[0-9][.]|[A-Za-z&&[^vV]])" + Pattern.quote(version) + "(?![0-9]|[.][0-9])");
  }
}
