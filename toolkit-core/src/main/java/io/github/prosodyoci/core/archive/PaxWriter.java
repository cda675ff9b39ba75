package io.github.prosodyoci.core.archive;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The pax records of a tar entry (POSIX.1-2001, pax, "pax Extended Header"), sorted by keyword. */
final class PaxWriter {

  private PaxWriter() {}

  /** Returns what the entry asks for, and what its ustar header cannot hold. */
  static SortedMap<String, String> of(TarEntry entry) {
    SortedMap<String, String> records = new TreeMap<>(entry.paxHeaders());
    text(records, "path", UstarHeader.fullPath(entry), UstarHeader.NAME_LENGTH);
    text(records, "linkpath", entry.link(), UstarHeader.NAME_LENGTH);
    // The owners' fields must end with a NUL.
    text(records, "uname", entry.userName(), UstarHeader.OWNER_LENGTH - 1);
    text(records, "gname", entry.groupName(), UstarHeader.OWNER_LENGTH - 1);
    number(records, "uid", entry.uid(), UstarHeader.MAX_ID);
    number(records, "gid", entry.gid(), UstarHeader.MAX_ID);
    number(records, "size", entry.size(), UstarHeader.MAX_SIZE);
    number(records, "mtime", entry.mtime(), UstarHeader.MAX_TIME);
    return records;
  }

  private static void text(Map<String, String> records, String key, String value, int length) {
    boolean ascii = value.chars().allMatch(c -> c < 0x80);
    if (!ascii || value.length() > length) {
      records.put(key, value);
    }
  }

  private static void number(Map<String, String> records, String key, long value, long max) {
    if (value > max) {
      records.put(key, Long.toString(value));
    }
  }

  /** Returns the records as they stand in the archive. */
  static byte[] encode(Map<String, String> records) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    records.forEach((key, value) -> out.writeBytes(record(key, value)));
    return out.toByteArray();
  }

  /** Returns {@code "<length> <key>=<value>\n"}, whose length counts its own digits too. */
  private static byte[] record(String key, String value) {
    Charset charset =
        key.startsWith(TarEntry.ATTRIBUTE) ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    rest.writeBytes((" " + key + "=").getBytes(StandardCharsets.UTF_8));
    rest.writeBytes(value.getBytes(charset));
    rest.write('\n');
    int bytes = rest.size();
    int length = bytes + Integer.toString(bytes).length();
    if (Integer.toString(length).length() != length - bytes) {
      length++;
    }
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    record.writeBytes(Integer.toString(length).getBytes(StandardCharsets.UTF_8));
    record.writeBytes(rest.toByteArray());
    return record.toByteArray();
  }
}
