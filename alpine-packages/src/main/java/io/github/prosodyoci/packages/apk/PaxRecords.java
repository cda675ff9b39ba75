package io.github.prosodyoci.packages.apk;

import io.github.prosodyoci.packages.PackagesException;
import io.github.prosodyoci.packages.PackagesException.Code;
import java.util.LinkedHashMap;
import java.util.Map;

/** The records of a pax header, {@code <length> <key>=<value>\n} each (POSIX.1-2001, pax). */
final class PaxRecords {

  private PaxRecords() {}

  /**
   * Returns the records.
   *
   * @throws PackagesException if one is damaged, stands twice, or would change how the entry is
   *     read
   */
  static Map<String, String> parse(byte[] bytes, String where) {
    Map<String, String> records = new LinkedHashMap<>();
    int at = 0;
    while (at < bytes.length) {
      int start = at;
      long length = 0;
      for (; at < bytes.length && bytes[at] >= '0' && bytes[at] <= '9' && at - start < 8; at++) {
        length = length * 10 + (bytes[at] - '0');
      }
      int end = start + (int) length;
      int equals = at;
      while (equals < bytes.length && bytes[equals] != '=') {
        equals++;
      }
      if (at == start
          || at >= bytes.length
          || bytes[at] != ' '
          || end > bytes.length
          || equals >= end
          || bytes[end - 1] != '\n') {
        throw TarHeader.error(Code.TAR_FORMAT, where, "a pax header is damaged");
      }
      String key = TarHeader.utf8(bytes, at + 1, equals - at - 1, where);
      String value = TarHeader.utf8(bytes, equals + 1, end - 1 - equals - 1, where);
      if (key.startsWith("GNU.sparse.") || key.equals("hdrcharset")) {
        throw TarHeader.error(
            Code.TAR_AMBIGUOUS, where, "it has the pax record " + Paths.printable(key));
      }
      if (value.indexOf('\0') >= 0 && !key.startsWith("SCHILY.xattr.")) {
        throw TarHeader.error(
            Code.TAR_AMBIGUOUS,
            where,
            "the pax record " + Paths.printable(key) + " has a zero byte");
      }
      if (records.put(key, value) != null) {
        throw TarHeader.error(
            Code.TAR_AMBIGUOUS, where, "the pax record " + Paths.printable(key) + " stands twice");
      }
      at = end;
    }
    return records;
  }
}
