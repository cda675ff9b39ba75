package io.github.prosodyoci.packages.apk;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.core.Version;
import io.github.prosodyoci.packages.PackageCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One demand or offer, {@code [!]name[@tag][operator version]}, as it stands in {@code depend},
 * {@code provides}, {@code replaces}, {@code install_if} and in {@code /etc/apk/world}
 * (apk-package(5), apk-world(5)).
 *
 * @param conflict whether the name must be absent ({@code !})
 * @param name a package name, or another provided one such as {@code so:libssl.so.3}
 * @param tag the repository tag without its {@code @}; empty if there is none
 * @param operator how a version is compared
 * @param version the version, or a checksum with {@link Operator#CHECKSUM}; empty with {@link
 *     Operator#ANY}
 */
public record Dependency(
    boolean conflict, String name, String tag, Operator operator, String version) {

  private static final String COMPARERS = "<>=~";

  /** What genuine packages provide is not always a valid version: {@code pc:x264=0.164.x}. */
  private static final Pattern VERSION =
      Pattern.compile("[0-9A-Za-z._-]+(?:~[0-9a-f]+(?:-r[0-9]+)?)?");

  /** How versions are compared. */
  public enum Operator {
    /** Any version. */
    ANY(""),
    /** Older. */
    LESS("<"),
    /** Older or the same. */
    LESS_OR_EQUAL("<="),
    /** Older, or beginning alike. */
    LESS_OR_FUZZY("<~"),
    /** The same. */
    EQUAL("="),
    /** Beginning alike. */
    FUZZY("~"),
    /** Newer or the same. */
    GREATER_OR_EQUAL(">="),
    /** Newer, or beginning alike. */
    GREATER_OR_FUZZY(">~"),
    /** Newer. */
    GREATER(">"),
    /** The package with this control checksum. */
    CHECKSUM("><");

    private final String text;

    Operator(String text) {
      this.text = text;
    }

    private static Operator of(boolean less, boolean greater, boolean equal, boolean fuzzy) {
      if (less && greater) {
        return CHECKSUM;
      }
      if (less) {
        return fuzzy ? LESS_OR_FUZZY : equal ? LESS_OR_EQUAL : LESS;
      }
      if (greater) {
        return fuzzy ? GREATER_OR_FUZZY : equal ? GREATER_OR_EQUAL : GREATER;
      }
      return fuzzy ? FUZZY : EQUAL;
    }

    /** Returns whether {@code offered} is what this operator asks for with {@code wanted}. */
    boolean accepts(Version offered, Version wanted) {
      return switch (this) {
        case ANY -> true;
        case LESS -> offered.compareTo(wanted) < 0;
        case LESS_OR_EQUAL -> offered.compareTo(wanted) <= 0;
        case LESS_OR_FUZZY -> offered.compareFuzzily(wanted) <= 0;
        case EQUAL -> offered.compareTo(wanted) == 0;
        case FUZZY -> offered.compareFuzzily(wanted) == 0;
        case GREATER_OR_EQUAL -> offered.compareTo(wanted) >= 0;
        case GREATER_OR_FUZZY -> offered.compareFuzzily(wanted) >= 0;
        case GREATER -> offered.compareTo(wanted) > 0;
        case CHECKSUM -> false;
      };
    }

    /** Returns the operator as it is written; empty for {@link #ANY}. */
    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * Returns what a text such as {@code lua5.4>=5.4.7-r0} says.
   *
   * @throws FailureException if it has another form, or an invalid version ({@code bad-name})
   */
  public static Dependency parse(String text) {
    boolean conflict = text.startsWith("!");
    String rest = conflict ? text.substring(1) : text;
    int nameEnd = span(rest, 0, false);
    int versionStart = span(rest, nameEnd, true);
    String name = rest.substring(0, nameEnd);
    String comparison = rest.substring(nameEnd, versionStart);
    String version = rest.substring(versionStart);
    int at = name.indexOf('@');
    String tag = at < 0 ? "" : name.substring(at + 1);
    Operator operator =
        comparison.isEmpty()
            ? Operator.ANY
            : Operator.of(
                comparison.indexOf('<') >= 0,
                comparison.indexOf('>') >= 0,
                comparison.indexOf('=') >= 0,
                comparison.indexOf('~') >= 0);
    if (at >= 0) {
      name = name.substring(0, at);
    }
    if (!isName(name)
        || (at >= 0 && !isName(tag))
        || (operator != Operator.ANY
            && operator != Operator.CHECKSUM
            && !VERSION.matcher(version).matches())) {
      throw Failure.of(
              PackageCode.BAD_NAME,
              "read",
              "a dependency",
              "'" + Reasons.printable(text) + "' has another form")
          .expecting("[!]name[@tag][operator version], such as lua5.4>=5.4.7-r0")
          .toException();
    }
    return new Dependency(conflict, name, tag, operator, version);
  }

  /**
   * Returns the dependencies in a text that separates them by white space.
   *
   * @throws FailureException if one has another form ({@code bad-name})
   */
  public static List<Dependency> parseAll(String text) {
    List<Dependency> all = new ArrayList<>();
    int start = 0;
    for (int at = 0; at <= text.length(); at++) {
      if (at == text.length() || text.charAt(at) == ' ' || text.charAt(at) == '\n') {
        if (at > start) {
          all.add(parse(text.substring(start, at)));
        }
        start = at + 1;
      }
    }
    return all;
  }

  /** Returns dependencies as apk writes them, separated by single spaces. */
  public static String join(Collection<Dependency> dependencies) {
    return dependencies.stream().map(Dependency::toString).collect(Collectors.joining(" "));
  }

  private static int span(String text, int from, boolean comparers) {
    int at = from;
    while (at < text.length() && (COMPARERS.indexOf(text.charAt(at)) >= 0) == comparers) {
      at++;
    }
    return at;
  }

  private static boolean isName(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      // Only a first ! is special: Alpine has a command that is called kdevelop!.
      if (c <= ' ' || c == 0x7f || (c == '!' && i == 0) || c == '@') {
        return false;
      }
    }
    return !name.isEmpty();
  }

  /**
   * Returns whether something of the wanted name, at this version, is what is asked for; {@link
   * #conflict} is not looked at.
   *
   * @param offered the version, or empty for one that is provided without a version, which
   *     satisfies only {@link Operator#ANY}
   */
  public boolean accepts(String offered) {
    if (operator == Operator.ANY) {
      return true;
    }
    return !offered.isEmpty() && operator.accepts(new Version(offered), new Version(version));
  }

  /** Returns the dependency in apk's own spelling. */
  @Override
  public String toString() {
    return (conflict ? "!" : "")
        + name
        + (tag.isEmpty() ? "" : "@" + tag)
        + operator
        + (operator == Operator.ANY ? "" : version);
  }
}
