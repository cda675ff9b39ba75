package io.github.prosodyoci.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version of a package (apk-package(5)): numbers separated by dots, a letter that a number may
 * follow, suffixes such as {@code _rc1}, with apk 3 the hash of a commit ({@code ~0af3}), and the
 * package's own revision {@code -r0}. Two texts may be one version: {@code 1_p1} and {@code 1_p01}.
 */
public final class Version implements Comparable<Version> {

  /** Longer numbers are refused, as apk does, so that each fits a {@code long}. */
  private static final String NUMBER = "[0-9]{1,17}+";

  private static final List<String> PRE_RELEASES = List.of("alpha", "beta", "pre", "rc");
  private static final List<String> POST_RELEASES = List.of("cvs", "svn", "git", "hg", "p");
  private static final String SUFFIX =
      "_(" + String.join("|", PRE_RELEASES) + "|" + String.join("|", POST_RELEASES) + ")";

  private static final Pattern FORM =
      Pattern.compile(
          "N(?:\\.N)*+(?:[a-z](?:N)?+)?+(?:S(?:N)?+)*+(?:-rN)?+"
              .replace("N", NUMBER)
              .replace("S", SUFFIX));
  private static final Pattern FORM_OF_APK_3 =
      Pattern.compile(
          "N(?:\\.N)*+[a-z]?+(?:S(?:N)?+)*+(?:~[0-9a-f]++)?+(?:-rN)?+"
              .replace("N", NUMBER)
              .replace("S", SUFFIX));
  private static final Pattern PART =
      Pattern.compile(
          ("\\.?+(?<number>N)|S(?<count>N)?+|-r(?<revision>N)|~(?<commit>[0-9a-f]++)"
                  + "|(?<letter>[a-z])(?<letterCount>N)?+")
              .replace("N", NUMBER)
              .replace("S", SUFFIX.replace("(", "(?<suffix>")));

  /** What a part is. Where two versions differ in kind, the later kind of these is the newer. */
  private enum Kind {
    PRE_RELEASE,
    END,
    REVISION,
    COMMIT,
    SUFFIX_COUNT,
    POST_RELEASE,
    LETTER,
    LETTER_COUNT,
    NUMBER;

    /** Pre-releases and post-releases are one kind to a fuzzy comparison. */
    private boolean isLike(Kind other) {
      return this == other || (isSuffix() && other.isSuffix());
    }

    private boolean isSuffix() {
      return this == PRE_RELEASE || this == POST_RELEASE;
    }
  }

  /**
   * One part.
   *
   * @param zeros how many zeros lead a number behind a dot, where {@code 1.01} is older than {@code
   *     1.1}
   * @param value the number, the letter's code or the suffix' place among its kind
   * @param text a commit's hash, which has no order but that of texts; otherwise empty
   */
  private record Part(Kind kind, int zeros, long value, String text) implements Comparable<Part> {

    private static final Part END = new Part(Kind.END, 0, 0);
    private static final Comparator<Part> ORDER =
        Comparator.comparing(Part::kind)
            .thenComparing(Part::zeros, Comparator.reverseOrder())
            .thenComparing(Part::value)
            .thenComparing(Part::text);

    Part(Kind kind, int zeros, long value) {
      this(kind, zeros, value, "");
    }

    @Override
    public int compareTo(Part other) {
      return ORDER.compare(this, other);
    }
  }

  private final List<Part> parts;

  /** What is left of a text whose end is not of the form, such as {@code .x} of {@code 0.164.x}. */
  private final String rest;

  /**
   * Creates a version. A text that is not one, as what a package provides may have, is ordered by
   * the part of it that is, and then by its other characters.
   */
  public Version(String text) {
    List<Part> found = new ArrayList<>();
    Matcher part = PART.matcher(text);
    int end = 0;
    while (end < text.length() && part.region(end, text.length()).lookingAt()) {
      add(found, part);
      end = part.end();
    }
    this.parts = List.copyOf(found);
    this.rest = text.substring(end);
  }

  private static void add(List<Part> parts, Matcher part) {
    String suffix = part.group("suffix");
    if (suffix != null) {
      boolean before = PRE_RELEASES.contains(suffix);
      List<String> kin = before ? PRE_RELEASES : POST_RELEASES;
      parts.add(new Part(before ? Kind.PRE_RELEASE : Kind.POST_RELEASE, 0, kin.indexOf(suffix)));
      if (part.group("count") != null) {
        parts.add(new Part(Kind.SUFFIX_COUNT, 0, Long.parseLong(part.group("count"))));
      }
    } else if (part.group("revision") != null) {
      parts.add(new Part(Kind.REVISION, 0, Long.parseLong(part.group("revision"))));
    } else if (part.group("commit") != null) {
      parts.add(new Part(Kind.COMMIT, 0, 0, part.group("commit")));
    } else if (part.group("letter") != null) {
      parts.add(new Part(Kind.LETTER, 0, part.group("letter").charAt(0)));
      if (part.group("letterCount") != null) {
        parts.add(new Part(Kind.LETTER_COUNT, 0, Long.parseLong(part.group("letterCount"))));
      }
    } else {
      String digits = part.group("number");
      int zeros = 0;
      while (!parts.isEmpty() && zeros < digits.length() && digits.charAt(zeros) == '0') {
        zeros++;
      }
      parts.add(new Part(Kind.NUMBER, zeros, Long.parseLong(digits)));
    }
  }

  /** Returns whether a text is a version, as apk 2 reads it. */
  public static boolean isValid(String text) {
    return FORM.matcher(text).matches();
  }

  /**
   * Returns whether a text is a version of the form that apk-package(5) of apk 3 describes: it may
   * hold a commit's hash, and no number follows a letter.
   */
  public static boolean isValidForApk3(String text) {
    return FORM_OF_APK_3.matcher(text).matches();
  }

  private Part part(int index) {
    return index < parts.size() ? parts.get(index) : Part.END;
  }

  @Override
  public int compareTo(Version other) {
    int order = 0;
    for (int i = 0; order == 0 && i < Math.max(parts.size(), other.parts.size()); i++) {
      order = part(i).compareTo(other.part(i));
    }
    return order == 0 ? rest.compareTo(other.rest) : order;
  }

  /**
   * Compares as the operator {@code ~} does: part by part, for as long as both versions have parts
   * of the same kind.
   *
   * @return negative if this is older, positive if it is newer, and 0 if they start alike
   */
  public int compareFuzzily(Version other) {
    int shorter = Math.min(parts.size(), other.parts.size());
    int order = 0;
    for (int i = 0; i < shorter && order == 0 && part(i).kind().isLike(other.part(i).kind()); i++) {
      order = part(i).compareTo(other.part(i));
    }
    return order;
  }

  /** Returns whether the other is the same version, whatever its text. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Version version && compareTo(version) == 0;
  }

  @Override
  public int hashCode() {
    return 31 * parts.hashCode() + rest.hashCode();
  }
}
