package io.github.prosodyoci.rootfs.index;

import io.github.prosodyoci.rootfs.RootfsException;
import io.github.prosodyoci.rootfs.RootfsException.Code;
import io.github.prosodyoci.rootfs.apk.Dependency;
import io.github.prosodyoci.rootfs.apk.PackageInfo;
import io.github.prosodyoci.rootfs.apk.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text {@code APKINDEX}: records of {@code <letter>:<value>} lines, split by empty ones.
 */
final class IndexParser {

  private static final Pattern IDENTITY = Pattern.compile("Q1[A-Za-z0-9+/]{27}=");
  private static final Pattern LATER_VERSION =
      Pattern.compile("[0-9][0-9a-z._]*~[0-9a-f]+(-r[0-9]+)?");
  private static final String KNOWN = "CPVASITULomtckDpi";

  private final String text;
  private final String where;
  private final @Nullable String[] values = new String[128];
  private final List<IndexEntry> entries = new ArrayList<>();
  private boolean any;
  private boolean installable = true;
  private int line;

  IndexParser(String text, String where) {
    this.text = text;
    this.where = where;
  }

  List<IndexEntry> parse() {
    int at = 0;
    while (at < text.length()) {
      line++;
      int end = text.indexOf('\n', at);
      end = end < 0 ? text.length() : end;
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
    char letter = text.charAt(start);
    if (end - start < 2 || text.charAt(start + 1) != ':' || letter >= values.length) {
      throw bad("the line is not of the form <letter>:<value>");
    }
    any = true;
    if (letter != 'C' && letter != 'P' && values['P'] == null) {
      throw bad(
          "the field " + Paths.printable("" + letter) + " comes before the name of its package");
    }
    if (KNOWN.indexOf(letter) >= 0) {
      if (values[letter] != null) {
        throw bad("the field " + letter + " stands twice in one record");
      }
      values[letter] = text.substring(start + 2, end);
    } else if (letter < 'a' || letter > 'z') {
      // A field that older apk must not pass over.
      installable = false;
    }
  }

  private void finish() {
    if (!any) {
      return;
    }
    String identity = value('C');
    if (value('P').isEmpty() || value('V').isEmpty() || !IDENTITY.matcher(identity).matches()) {
      throw bad("a record lacks its name, version or checksum");
    }
    if (LATER_VERSION.matcher(value('V')).matches()) {
      // Only apk v3 knows versions with a commit's hash, so that this one is not for us.
      reset();
      return;
    }
    entries.add(new IndexEntry(info(), identity, number('S', Long.MAX_VALUE / 2), installable));
    reset();
  }

  private PackageInfo info() {
    List<Dependency> depends = dependencies('D');
    try {
      return new PackageInfo(
          value('P'),
          value('V'),
          value('A'),
          value('T'),
          value('U'),
          value('L'),
          value('o'),
          value('m'),
          "",
          value('c'),
          depends,
          dependencies('i'),
          dependencies('p'),
          List.of(),
          (int) number('k', 0xffff),
          0,
          List.of(),
          number('I', Long.MAX_VALUE / 2),
          number('t', Long.MAX_VALUE / 2));
    } catch (RootfsException e) {
      throw e.code() == Code.BAD_NAME ? e.at("the index " + where + ", line " + line) : e;
    }
  }

  private void reset() {
    Arrays.fill(values, null);
    installable = true;
    any = false;
  }

  private String value(char letter) {
    String value = values[letter];
    return value == null ? "" : value;
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
      throw new RootfsException(
          Code.APK_FORMAT, message(letter + ":" + Paths.printable(value) + " is no number"), e);
    }
    throw bad(letter + ":" + value + " is out of range");
  }

  private List<Dependency> dependencies(char letter) {
    try {
      return Dependency.parseAll(value(letter));
    } catch (RootfsException e) {
      // As in apk: the repository stays usable, this package does not.
      installable = false;
      return List.of();
    }
  }

  private RootfsException bad(String reason) {
    return new RootfsException(Code.APK_FORMAT, message(reason));
  }

  private String message(String reason) {
    return "Could not read the index "
        + where
        + ", line "
        + line
        + " of APKINDEX: "
        + reason
        + ". Fetch or build it again.";
  }
}
