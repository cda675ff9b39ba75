package io.github.prosodyoci.core.archive;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads the records of a pax header, {@code <length> <key>=<value>\n} each (POSIX.1-2001, pax). */
final class PaxReader {

  private PaxReader() {}

  /**
   * Returns the records.
   *
   * @throws FailureException if one is damaged or repeated, or would change how the entry is read
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
          || equals == at + 1
          || bytes[end - 1] != '\n') {
        throw error(ArchiveCode.TAR_FORMAT, where, "a pax header is damaged");
      }
      String key = TarHeader.utf8(bytes, at + 1, equals - at - 1, where);
      boolean attribute = key.startsWith(TarEntry.ATTRIBUTE);
      int size = end - 1 - equals - 1;
      String value =
          attribute
              ? new String(bytes, equals + 1, size, StandardCharsets.ISO_8859_1)
              : TarHeader.utf8(bytes, equals + 1, size, where);
      if (key.startsWith("GNU.sparse.") || key.equals("hdrcharset")) {
        throw error(ArchiveCode.TAR_AMBIGUOUS, where, "it has the pax record " + key);
      }
      if (value.indexOf('\0') >= 0 && !attribute) {
        throw error(
            ArchiveCode.TAR_AMBIGUOUS, where, "the pax record '" + key + "' has a zero byte");
      }
      if (records.put(key, value) != null) {
        throw error(ArchiveCode.TAR_AMBIGUOUS, where, "the pax record " + key + " is repeated");
      }
      at = end;
    }
    return records;
  }

  private static FailureException error(ArchiveCode code, String where, String found) {
    return Failure.of(code, "read", where, Reasons.printable(found)).toException();
  }
}
