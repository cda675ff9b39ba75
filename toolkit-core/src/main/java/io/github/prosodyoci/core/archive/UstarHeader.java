package io.github.prosodyoci.core.archive;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The 512-byte header of a tar entry (POSIX.1-2001, pax, "ustar Interchange Format").
 *
 * <p>A value that does not fit its field is cut or zero here, and whole in a pax record before.
 */
final class UstarHeader {

  static final int RECORD = 512;
  static final int NAME_LENGTH = 100;
  static final int OWNER_LENGTH = 32;
  static final long MAX_ID = 07777777;
  static final long MAX_SIZE = 077777777777L;
  static final long MAX_TIME = 077777777777L;

  private static final int CHECKSUM = 148;
  private static final int CHECKSUM_LENGTH = 8;

  private final byte[] bytes = new byte[RECORD];

  private UstarHeader(String name, int mode, long uid, long gid, long size, long mtime, char type) {
    text(0, NAME_LENGTH, name);
    octal(100, 8, mode, MAX_ID);
    octal(108, 8, uid, MAX_ID);
    octal(116, 8, gid, MAX_ID);
    octal(124, 12, size, MAX_SIZE);
    octal(136, 12, mtime, MAX_TIME);
    bytes[156] = (byte) type;
    text(257, 6, "ustar");
    text(263, 2, "00");
    octal(329, 8, 0, MAX_ID);
    octal(337, 8, 0, MAX_ID);
  }

  /** Returns the header of an entry. */
  static byte[] of(TarEntry entry) {
    UstarHeader header =
        new UstarHeader(
            fullPath(entry),
            entry.mode(),
            entry.uid(),
            entry.gid(),
            entry.size(),
            entry.mtime(),
            type(entry.type()));
    header.text(157, NAME_LENGTH, entry.link());
    header.text(265, OWNER_LENGTH, entry.userName());
    header.text(297, OWNER_LENGTH, entry.groupName());
    return header.finish();
  }

  /** Returns the header of the pax records that go before an entry. */
  static byte[] ofPaxRecords(TarEntry entry, long size) {
    return new UstarHeader(
            "PaxHeaders/" + entry.path(), 0644, 0, 0, size, Math.min(entry.mtime(), MAX_TIME), 'x')
        .finish();
  }

  /** Returns the path as tar writes it: that of a folder ends with a slash. */
  static String fullPath(TarEntry entry) {
    return entry.type() == TarEntry.Type.DIRECTORY ? entry.path() + "/" : entry.path();
  }

  private static char type(TarEntry.Type type) {
    return switch (type) {
      case FILE -> '0';
      case HARDLINK -> '1';
      case SYMLINK -> '2';
      case CHARACTER_DEVICE, BLOCK_DEVICE ->
          throw new IllegalArgumentException(
              "Could not write a device: its numbers are not known. Leave it out of the archive");
      case DIRECTORY -> '5';
      case FIFO -> '6';
    };
  }

  private void text(int offset, int length, String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(utf8, 0, bytes, offset, wholeCharacters(utf8, length));
  }

  /** Returns how many of the bytes fit without cutting a character in two. */
  private static int wholeCharacters(byte[] utf8, int length) {
    if (utf8.length <= length) {
      return utf8.length;
    }
    int end = length;
    while ((utf8[end] & 0xC0) == 0x80) {
      end--;
    }
    return end;
  }

  private void octal(int offset, int length, long value, long max) {
    String digits = Long.toOctalString(value > max ? 0 : value);
    Arrays.fill(bytes, offset, offset + length - 1, (byte) '0');
    text(offset + length - 1 - digits.length(), digits.length(), digits);
  }

  private byte[] finish() {
    Arrays.fill(bytes, CHECKSUM, CHECKSUM + CHECKSUM_LENGTH, (byte) ' ');
    int sum = 0;
    for (byte b : bytes) {
      sum += Byte.toUnsignedInt(b);
    }
    octal(CHECKSUM, CHECKSUM_LENGTH - 1, sum, MAX_ID);
    bytes[CHECKSUM + CHECKSUM_LENGTH - 2] = 0;
    return bytes;
  }
}
