package io.github.prosodyoci.verify.debian;

import io.github.prosodyoci.verify.openpgp.Armor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of a Debian package, ordered as dpkg orders them (Debian policy, section 5.6.12).
 *
 * @param epoch 0 if none is written
 * @param upstream the version of the software
 * @param revision that of the packaging; empty if there is none
 */
public record DebianVersion(int epoch, String upstream, String revision)
    implements Comparable<DebianVersion> {

  private static final Pattern FORM =
      Pattern.compile("(?:([0-9]{1,9}):)?([0-9A-Za-z][0-9A-Za-z.+~-]*?)(?:-([0-9A-Za-z.+~]+))?");

  /**
   * Reads a version.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static DebianVersion parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (text.length() > 200 || !matcher.matches()) {
      throw new IllegalArgumentException("not a Debian version: " + Armor.shown(text));
    }
    String epoch = matcher.group(1);
    String revision = matcher.group(3);
    return new DebianVersion(
        epoch == null ? 0 : Integer.parseInt(epoch),
        matcher.group(2),
        revision == null ? "" : revision);
  }

  /** Returns the version as file names of the archive have it. */
  public DebianVersion withoutEpoch() {
    return new DebianVersion(0, upstream, revision);
  }

  @Override
  public int compareTo(DebianVersion other) {
    int result = Integer.compare(epoch, other.epoch);
    if (result == 0) {
      result = compare(upstream, other.upstream);
    }
    return result == 0 ? compare(revision, other.revision) : result;
  }

  /** Compares two parts of versions, or two versions of upstreams. */
  public static int compare(String one, String other) {
    int i = 0;
    int j = 0;
    while (i < one.length() || j < other.length()) {
      while ((i < one.length() && !isDigit(one, i)) || (j < other.length() && !isDigit(other, j))) {
        int result = Integer.compare(weight(one, i), weight(other, j));
        if (result != 0) {
          return result;
        }
        i++;
        j++;
      }
      int startOne = skipZeros(one, i);
      int startOther = skipZeros(other, j);
      i = skipDigits(one, startOne);
      j = skipDigits(other, startOther);
      int result = Integer.compare(i - startOne, j - startOther);
      if (result == 0) {
        result = one.substring(startOne, i).compareTo(other.substring(startOther, j));
      }
      if (result != 0) {
        return result;
      }
    }
    return 0;
  }

  private static boolean isDigit(String text, int at) {
    return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }

  /** A tilde comes before the end, letters before what is none. */
  private static int weight(String text, int at) {
    if (at >= text.length() || isDigit(text, at)) {
      return 0;
    }
    char c = text.charAt(at);
    if (c == '~') {
      return -1;
    }
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ? c : c + 256;
  }

  private static int skipZeros(String text, int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) == '0') {
      at++;
    }
    return at;
  }

  private static int skipDigits(String text, int from) {
    int at = from;
    while (isDigit(text, at)) {
      at++;
    }
    return at;
  }

  @Override
  public String toString() {
    return (epoch == 0 ? "" : epoch + ":") + upstream + (revision.isEmpty() ? "" : "-" + revision);
  }
}
