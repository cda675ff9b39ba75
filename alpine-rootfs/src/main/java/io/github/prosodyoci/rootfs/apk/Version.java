package io.github.prosodyoci.rootfs.apk;

/**
 * An Alpine package version, ordered as apk-tools 2.14 orders it: {@code
 * number{.number}{letter}{_suffix{number}}{-r number}} with the suffixes alpha, beta, pre, rc
 * before, and cvs, svn, git, hg, p after the version that has none (apk-package(5)).
 *
 * @param text the version as it is written; see {@link #isValid}
 */
public record Version(String text) implements Comparable<Version> {

  /** Returns whether a text is a version. */
  public static boolean isValid(String text) {
    Scanner scanner = new Scanner(text);
    while (!scanner.atEnd()) {
      scanner.next();
    }
    return scanner.upcoming == Part.END;
  }

  @Override
  public int compareTo(Version other) {
    return compare(other, false);
  }

  /**
   * Returns how this version compares if only the parts that both have count, as the operator
   * {@code ~} asks for: 1.2.3 then equals 1.2, and 1.2 equals 1.2.3.
   */
  public int compareFuzzily(Version other) {
    return compare(other, true);
  }

  private int compare(Version other, boolean fuzzy) {
    Scanner left = new Scanner(text);
    Scanner right = new Scanner(other.text);
    long l = 0;
    long r = 0;
    while (left.upcoming == right.upcoming && !left.atEnd() && l == r) {
      l = left.next();
      r = right.next();
    }
    if (l != r) {
      return Long.compare(l, r);
    }
    Part leftPart = left.upcoming;
    Part rightPart = right.upcoming;
    if (leftPart == rightPart || fuzzy) {
      return 0;
    }
    // What both have is equal: then the longer one is greater, unless it goes on as a pre-release.
    if (leftPart == Part.SUFFIX && left.next() < 0) {
      return -1;
    }
    if (rightPart == Part.SUFFIX && right.next() < 0) {
      return 1;
    }
    return rightPart.compareTo(leftPart);
  }

  @Override
  public String toString() {
    return text;
  }

  /** What comes next in a version: of two that are equal so far, the lower one here is greater. */
  private enum Part {
    INVALID,
    NUMBER_AFTER_DOT,
    NUMBER,
    LETTER,
    SUFFIX,
    SUFFIX_NUMBER,
    REVISION,
    END
  }

  private static final class Scanner {

    private static final String[] PRE_RELEASES = {"alpha", "beta", "pre", "rc"};
    private static final String[] POST_RELEASES = {"cvs", "svn", "git", "hg", "p"};

    private static final int MAX_DIGITS = 17;

    private final String text;
    private int at;
    private Part upcoming = Part.NUMBER;

    Scanner(String text) {
      this.text = text;
    }

    boolean atEnd() {
      return upcoming == Part.END || upcoming == Part.INVALID;
    }

    /** Returns the value of the upcoming part and finds out which part comes after it. */
    long next() {
      if (at >= text.length()) {
        upcoming = Part.END;
        return 0;
      }
      if (upcoming == Part.NUMBER_AFTER_DOT && text.charAt(at) == '0') {
        // Zeros before another zero count by themselves, each as one less: 1.001 is older than
        // 1.01.
        int start = at;
        while (text.startsWith("00", at)) {
          at++;
        }
        upcoming = Part.NUMBER;
        return (long) start - at;
      }
      long value;
      if (upcoming == Part.LETTER) {
        value = text.charAt(at++);
      } else if (upcoming == Part.SUFFIX) {
        value = suffix();
      } else {
        value = number();
      }
      if (upcoming != Part.INVALID) {
        upcoming = at == text.length() ? Part.END : following();
      }
      return value;
    }

    /** Reads digits, if any; apk-tools 2.14 takes 18 and more for no number. */
    private long number() {
      int start = at;
      long value = 0;
      while (at < text.length() && isDigit(text.charAt(at))) {
        value = value * 10 + (text.charAt(at++) - '0');
      }
      if (at - start > MAX_DIGITS) {
        upcoming = Part.INVALID;
        return -1;
      }
      return value;
    }

    /** Reads a suffix: its value is below zero for a pre-release. */
    private long suffix() {
      for (int i = 0; i < PRE_RELEASES.length; i++) {
        if (text.startsWith(PRE_RELEASES[i], at)) {
          at += PRE_RELEASES[i].length();
          return (long) i - PRE_RELEASES.length;
        }
      }
      for (int i = 0; i < POST_RELEASES.length; i++) {
        if (text.startsWith(POST_RELEASES[i], at)) {
          at += POST_RELEASES[i].length();
          return i;
        }
      }
      upcoming = Part.INVALID;
      return -1;
    }

    private Part following() {
      char c = text.charAt(at);
      if (upcoming.compareTo(Part.NUMBER) <= 0 && c >= 'a' && c <= 'z') {
        return Part.LETTER;
      }
      if (upcoming == Part.LETTER && isDigit(c)) {
        return Part.NUMBER;
      }
      if (upcoming == Part.SUFFIX && isDigit(c)) {
        return Part.SUFFIX_NUMBER;
      }
      Part next = Part.INVALID;
      if (c == '.') {
        next = Part.NUMBER_AFTER_DOT;
        at++;
      } else if (c == '_') {
        next = Part.SUFFIX;
        at++;
      } else if (text.startsWith("-r", at)) {
        next = Part.REVISION;
        at += 2;
      }
      boolean repeats =
          (next == Part.NUMBER_AFTER_DOT && upcoming == Part.NUMBER)
              || (next == Part.SUFFIX && upcoming == Part.SUFFIX_NUMBER);
      return next.compareTo(upcoming) < 0 && !repeats ? Part.INVALID : next;
    }

    private static boolean isDigit(char c) {
      return c >= '0' && c <= '9';
    }
  }
}
