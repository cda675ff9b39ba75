package io.github.prosodyoci.packages.apk;

import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.packages.PackagesException;
import io.github.prosodyoci.packages.PackagesException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** One header block of a tar file (POSIX.1-2001, pax, "ustar Interchange Format"). */
final class TarHeader {

  private static final byte[] POSIX = {'u', 's', 't', 'a', 'r', 0, '0', '0'};
  private static final byte[] GNU = {'u', 's', 't', 'a', 'r', ' ', ' ', 0};

  private byte[] block = new byte[0];

  /**
   * Reads the next block; returns whether it is a header: false at the end and for a zero block.
   *
   * @throws PackagesException if it is a damaged header
   */
  boolean read(InputStream in, String where) throws IOException {
    block = in.readNBytes(TarReader.BLOCK);
    if (block.length == 0 || isZero()) {
      return false;
    }
    if (block.length != TarReader.BLOCK) {
      throw error(Code.TAR_FORMAT, where, "it ends within a header");
    }
    int sum = 8 * ' ';
    for (int i = 0; i < block.length; i++) {
      sum += i >= 148 && i < 156 ? 0 : block[i] & 0xff;
    }
    if (number(148, 8, "checksum", where) != sum) {
      // GNU tar refuses such a header, apk-tools takes it.
      throw error(Code.TAR_AMBIGUOUS, where, "the checksum of a header is wrong");
    }
    if (!isPosix() && !matches(GNU)) {
      throw error(Code.TAR_FORMAT, where, "a header is not of the format ustar");
    }
    return true;
  }

  boolean isZero() {
    return block.length == TarReader.BLOCK && isZero(block);
  }

  static boolean isZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private boolean isPosix() {
    return matches(POSIX);
  }

  private boolean matches(byte[] magic) {
    return Arrays.equals(block, 257, 265, magic, 0, 8);
  }

  char type() {
    return (char) (block[156] & 0xff);
  }

  long size() {
    return number(124, 12, "size", "the archive");
  }

  TarEntry entry(Map<String, String> pax, String where) {
    TarEntry.Type type = type(where);
    String path = pax.getOrDefault("path", headerPath(where));
    if (type == TarEntry.Type.DIRECTORY && path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    Paths.check(path, where);
    long size = same(pax, "size", number(124, 12, "size", where), where);
    long uid = same(pax, "uid", number(108, 8, "uid", where), where);
    long gid = same(pax, "gid", number(116, 8, "gid", where), where);
    String link = pax.getOrDefault("linkpath", text(157, 100, where));
    boolean isLink = type == TarEntry.Type.SYMLINK || type == TarEntry.Type.HARDLINK;
    if (type != TarEntry.Type.FILE && size != 0) {
      throw error(Code.TAR_AMBIGUOUS, where, path + " is no file and yet has content");
    }
    if (isLink && (link.isEmpty() || link.chars().anyMatch(c -> c < ' ' || c == 0x7f))) {
      throw error(
          Code.TAR_FORMAT, where, "the link " + Paths.printable(path) + " has no sensible target");
    }
    if (type == TarEntry.Type.HARDLINK) {
      Paths.check(link, where);
    }
    Map<String, String> kept = new LinkedHashMap<>();
    pax.forEach(
        (key, value) -> {
          if (key.startsWith("SCHILY.xattr.") || key.startsWith("APK-TOOLS.")) {
            kept.put(key, value);
          }
        });
    return new TarEntry(
        path,
        type,
        (int) number(100, 8, "mode", where) & 07777,
        (int) uid,
        (int) gid,
        size,
        number(136, 12, "mtime", where),
        isLink ? link : "",
        pax.getOrDefault("uname", text(265, 32, where)),
        pax.getOrDefault("gname", text(297, 32, where)),
        kept);
  }

  private TarEntry.Type type(String where) {
    return switch (type()) {
      case '0' -> TarEntry.Type.FILE;
      case '1' -> TarEntry.Type.HARDLINK;
      case '2' -> TarEntry.Type.SYMLINK;
      case '3' -> TarEntry.Type.CHARACTER_DEVICE;
      case '4' -> TarEntry.Type.BLOCK_DEVICE;
      case '5' -> TarEntry.Type.DIRECTORY;
      case '6' -> TarEntry.Type.FIFO;
      case 'K', 'L' ->
          throw error(Code.TAR_FORMAT, where, "a long name is written as in GNU tar, not in pax");
      default ->
          throw error(
              Code.TAR_AMBIGUOUS, where, "an entry has the type 0x" + Integer.toHexString(type()));
    };
  }

  private String headerPath(String where) {
    String name = text(0, 100, where);
    String prefix = isPosix() ? text(345, 155, where) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private static long same(Map<String, String> pax, String key, long value, String where) {
    String other = pax.get(key);
    if (other != null && !other.equals(Long.toString(value))) {
      throw error(
          Code.TAR_AMBIGUOUS,
          where,
          "the "
              + key
              + " of an entry is "
              + value
              + " in its header and not so in its pax header");
    }
    return value;
  }

  private String text(int start, int length, String where) {
    int end = start;
    while (end < start + length && block[end] != 0) {
      end++;
    }
    return utf8(block, start, end - start, where);
  }

  static String utf8(byte[] bytes, int start, int length, String where) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, start, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new PackagesException(
          Code.TAR_FORMAT, message(where, "a name or value in it is not UTF-8"), e);
    }
  }

  private long number(int start, int length, String field, String where) {
    int at = start;
    int end = start + length;
    while (at < end && block[at] == ' ') {
      at++;
    }
    long value = 0;
    int digits = 0;
    for (; at < end && block[at] >= '0' && block[at] <= '7'; at++, digits++) {
      value = (value << 3) | (block[at] - '0');
    }
    for (; at < end; at++) {
      if (block[at] != 0 && block[at] != ' ') {
        throw error(Code.TAR_FORMAT, where, "the " + field + " of an entry is no octal number");
      }
    }
    if (digits == 0 && !field.equals("mtime")) {
      throw error(Code.TAR_FORMAT, where, "an entry has no " + field);
    }
    return value;
  }

  static PackagesException error(Code code, String where, String reason) {
    return new PackagesException(code, message(where, reason));
  }

  private static String message(String where, String reason) {
    return "Could not read " + where + ": " + reason + ". Fetch or build the file again.";
  }
}
