package io.github.prosodyoci.verify.debian;

import java.math.BigInteger;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of a Debian package, {@code [epoch:]upstream[-revision]} (Debian policy, section
 * 5.6.12).
 *
 * @param epoch the epoch; 0 if the text has none
 * @param upstream the version that upstream gave it
 * @param revision Debian's own part; empty if there is none
 */
public record DebianVersion(int epoch, String upstream, String revision)
    implements Comparable<DebianVersion> {

  private static final Pattern FORM =
      Pattern.compile(
          "(?:(?<epoch>[0-9]{1,9}):)?(?<upstream>[A-Za-z0-9][A-Za-z0-9.+~-]*?)"
              + "(?:-(?<revision>[A-Za-z0-9+.~]+))?");

  /** A run of other characters, then a run of digits; either may be empty. */
  private static final Pattern RUNS = Pattern.compile("([^0-9]*+)([0-9]*+)");

  private static final Comparator<DebianVersion> ORDER =
      Comparator.comparingInt(DebianVersion::epoch)
          .thenComparing(DebianVersion::upstream, DebianVersion::compare)
          .thenComparing(DebianVersion::revision, DebianVersion::compare);

  /**
   * Returns the version that a text spells.
   *
   * @throws IllegalArgumentException if it is not of that form
   */
  public static DebianVersion parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw new IllegalArgumentException("not a Debian version: " + text);
    }
    String epoch = form.group("epoch");
    String revision = form.group("revision");
    return new DebianVersion(
        epoch == null ? 0 : Integer.parseInt(epoch),
        form.group("upstream"),
        revision == null ? "" : revision);
  }

  /** Returns the version that a text spells; empty if it is not of that form. */
  public static Optional<DebianVersion> find(String text) {
    return FORM.matcher(text).matches() ? Optional.of(parse(text)) : Optional.empty();
  }

  /**
   * Compares two upstream versions, or two revisions.
   *
   * @return negative, 0 or positive, as the first is older, the same or newer
   */
  public static int compare(String one, String other) {
    Matcher left = RUNS.matcher(one);
    Matcher right = RUNS.matcher(other);
    int order = 0;
    boolean more = true;
    while (order == 0 && more) {
      // At its end a text yields empty runs, for as long as the other has more.
      boolean leftFound = left.find();
      boolean rightFound = right.find();
      order = collationKey(leftFound, left).compareTo(collationKey(rightFound, right));
      if (order == 0) {
        order = number(leftFound, left).compareTo(number(rightFound, right));
      }
      more = leftFound || rightFound;
    }
    return order;
  }

  /**
   * Returns a text in whose natural order the non-digits sort: a tilde first, even before the end;
   * then letters, then all else.
   */
  private static String collationKey(boolean found, Matcher runs) {
    StringBuilder key = new StringBuilder();
    if (found) {
      runs.group(1)
          .chars()
          .map(c -> c == '~' ? 0 : Character.isLetter(c) ? c : c + 0x1000)
          .forEach(c -> key.append((char) c));
    }
    return key.append('\1').toString();
  }

  private static BigInteger number(boolean found, Matcher runs) {
    return found && !runs.group(2).isEmpty() ? new BigInteger(runs.group(2)) : BigInteger.ZERO;
  }

  /** Returns this version without its epoch, which file names leave out. */
  public DebianVersion withoutEpoch() {
    return new DebianVersion(0, upstream, revision);
  }

  /** Orders versions by age; one without a revision is as old as one with the revision 0. */
  @Override
  public int compareTo(DebianVersion other) {
    return ORDER.compare(this, other);
  }

  /** Returns the version as Debian spells it. */
  @Override
  public String toString() {
    return (epoch == 0 ? "" : epoch + ":") + upstream + (revision.isEmpty() ? "" : "-" + revision);
  }
}
