package io.github.prosodyoci.packages.index;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.packages.PackageCode;
import io.github.prosodyoci.packages.apk.Checksums;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.PackageInfo;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text {@code APKINDEX}: records of {@code <letter>:<value>} lines, split by empty ones.
 */
final class IndexParser {

  private static final String KNOWN = "CPVASITULomtckDpi";
  private static final int IDENTITY_LENGTH = 30;

  private final byte[] text;
  private final String where;
  private final IndexLimits limits;
  private final DependencyTable dependencies;

  /** Where the values of the record's fields begin, by their letter; 0 for those it lacks. */
  private final int[] starts = new int[128];

  private final int[] ends = new int[128];

  /**
   * The last value of each field: packages of one origin follow one another, and share many values.
   */
  private final String[] latest = new String[128];

  private final int[] latestStarts = new int[128];
  private final int[] latestEnds = new int[128];
  private final List<IndexEntry> entries = new ArrayList<>();
  private final Consumer<FailureException> unusable;
  private boolean any;
  private boolean installable = true;

  /** Why the record is not usable, if it is not. */
  private @Nullable FailureException broken;

  private int line;

  /**
   * Creates a parser.
   *
   * @param text UTF-8
   * @param where names it in messages
   * @param limits how much it may hold
   * @param unusable is shown why a record is left out; what it throws ends the reading
   */
  IndexParser(byte[] text, String where, IndexLimits limits, Consumer<FailureException> unusable) {
    this.text = text;
    this.where = where;
    this.limits = limits;
    this.unusable = unusable;
    this.dependencies = new DependencyTable(text, "the index " + where, limits);
    Arrays.fill(latest, "");
  }

  List<IndexEntry> parse() {
    int at = 0;
    while (at < text.length) {
      line++;
      int end = at;
      while (end < text.length && text[end] != '\n') {
        end++;
      }
      if (end == at) {
        finish();
      } else {
        field(at, end);
      }
      at = end + 1;
    }
    finish();
    return entries;
  }

  private void field(int start, int end) {
    any = true;
    if (broken != null) {
      return;
    }
    byte letter = text[start];
    if (end - start < 2 || text[start + 1] != ':' || letter < 0) {
      broken = bad("the line is not of the form <letter>:<value>");
    } else if (letter != 'C' && letter != 'P' && starts['P'] == 0) {
      broken =
          bad(
              "the field "
                  + Reasons.printable("" + (char) letter)
                  + " comes before the name of its package");
    } else if (KNOWN.indexOf(letter) >= 0 && starts[letter] != 0) {
      broken = bad("the field " + (char) letter + " stands twice in one record");
    } else if (KNOWN.indexOf(letter) >= 0) {
      starts[letter] = start + 2;
      ends[letter] = end;
    } else if (letter < 'a' || letter > 'z') {
      // A field that older apk must not pass over.
      installable = false;
    }
  }

  private void finish() {
    if (!any) {
      return;
    }
    try {
      if (broken != null) {
        throw broken;
      }
      record();
    } catch (FailureException e) {
      if (e.failureCode() == PackageCode.LIMIT) {
        throw e;
      }
      unusable.accept(e);
    }
    broken = null;
    Arrays.fill(starts, 0);
    installable = true;
    any = false;
  }

  private void record() {
    String identity = value('C');
    if (value('P').isEmpty() || value('V').isEmpty() || !isIdentity(identity)) {
      throw bad("a record lacks its name, version or checksum");
    }
    entries.add(
        new IndexEntry(
            info(), Checksums.canonical(identity), number('S', Long.MAX_VALUE / 2), installable));
    IndexLimits.check(entries.size(), limits.records(), thing(), "packages");
  }

  /** Returns whether a text is {@code Q1} and a SHA-1 in Base64. */
  private static boolean isIdentity(String text) {
    if (text.length() != IDENTITY_LENGTH || !text.startsWith("Q1") || !text.endsWith("=")) {
      return false;
    }
    for (int i = 2; i < IDENTITY_LENGTH - 1; i++) {
      char c = text.charAt(i);
      boolean letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
      if (!letter && !(c >= '0' && c <= '9') && c != '+' && c != '/') {
        return false;
      }
    }
    return true;
  }

  private PackageInfo info() {
    try {
      return PackageInfo.builder(value('P'), value('V'), value('A'))
          .description(value('T'))
          .url(value('U'))
          .license(value('L'))
          .origin(value('o'))
          .maintainer(value('m'))
          .commit(value('c'))
          .depends(dependencies('D'))
          .installIf(dependencies('i'))
          .provides(dependencies('p'))
          .providerPriority((int) number('k', 0xffff))
          .installedSize(number('I', Long.MAX_VALUE / 2))
          .buildDate(number('t', Long.MAX_VALUE / 2))
          .build();
    } catch (FailureException e) {
      throw e.failure().about("read", thing()).toException(e);
    }
  }

  private String value(char letter) {
    int start = starts[letter];
    int end = ends[letter];
    if (start == 0 || start == end) {
      return "";
    }
    if (!Arrays.equals(text, start, end, text, latestStarts[letter], latestEnds[letter])) {
      latest[letter] = utf8(start, end);
      latestStarts[letter] = start;
      latestEnds[letter] = end;
    }
    return latest[letter];
  }

  private String utf8(int start, int end) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(text, start, end - start))
          .toString();
    } catch (CharacterCodingException e) {
      throw Failure.of(PackageCode.APK_FORMAT, "read", thing(), "a text in it is not UTF-8")
          .toException(e);
    }
  }

  private long number(char letter, long limit) {
    String value = value(letter);
    if (value.isEmpty()) {
      return 0;
    }
    try {
      long number = Long.parseLong(value);
      if (number >= 0 && number <= limit) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw Failure.of(
              PackageCode.APK_FORMAT,
              "read",
              thing(),
              letter + ":" + Reasons.printable(value) + " is not a number")
          .toException(e);
    }
    throw bad(letter + ":" + value + " is out of range");
  }

  private List<Dependency> dependencies(char letter) {
    if (starts[letter] == 0) {
      return List.of();
    }
    try {
      return dependencies.parseAll(starts[letter], ends[letter]);
    } catch (FailureException e) {
      if (e.failureCode() == PackageCode.LIMIT) {
        throw e;
      }
      // The repository stays usable, this package does not. Stricter than apk 2.14, which would
      // install it without the dependencies from the bad one on.
      installable = false;
      return List.of();
    }
  }

  private FailureException bad(String reason) {
    return Failure.of(PackageCode.APK_FORMAT, "read", thing(), reason).toException();
  }

  private String thing() {
    return "the index " + where + ", line " + line + " of APKINDEX";
  }
}
