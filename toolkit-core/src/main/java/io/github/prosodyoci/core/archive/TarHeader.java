package io.github.prosodyoci.core.archive;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.core.archive.TarReader.Dialect;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One header block of a tar file (POSIX.1-2001, pax, "ustar Interchange Format"). */
final class TarHeader {

  private static final byte[] POSIX = {'u', 's', 't', 'a', 'r', 0, '0', '0'};
  private static final byte[] GNU = {'u', 's', 't', 'a', 'r', ' ', ' ', 0};
  private static final byte[] OLD = new byte[8];

  private final String where;
  private final Dialect dialect;
  private byte[] block = new byte[0];

  TarHeader(String where, Dialect dialect) {
    this.where = where;
    this.dialect = dialect;
  }

  /**
   * Takes the next block; returns whether it is a header: false at the end and for a zero block.
   *
   * @throws FailureException if it is a damaged header
   */
  boolean parse(byte[] bytes) {
    block = bytes;
    if (block.length == 0 || isZero()) {
      return false;
    }
    if (block.length != TarReader.BLOCK) {
      throw error(ArchiveCode.TAR_FORMAT, "it ends within a header");
    }
    int sum = 8 * ' ';
    for (int i = 0; i < block.length; i++) {
      sum += i >= 148 && i < 156 ? 0 : block[i] & 0xff;
    }
    if (number(148, 8, "checksum") != sum) {
      // GNU tar refuses such a header, apk-tools takes it.
      throw error(ArchiveCode.TAR_AMBIGUOUS, "the checksum of a header is wrong");
    }
    if (!matches(POSIX) && !matches(GNU) && !(isSource() && matches(OLD))) {
      throw error(ArchiveCode.TAR_FORMAT, "a header is not of the format ustar");
    }
    return true;
  }

  boolean isZero() {
    return block.length == TarReader.BLOCK && isZero(block, block.length);
  }

  static boolean isZero(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private boolean isSource() {
    return dialect == Dialect.SOURCE;
  }

  private boolean matches(byte[] magic) {
    return Arrays.equals(block, 257, 265, magic, 0, 8);
  }

  char type() {
    return (char) (block[156] & 0xff);
  }

  long size() {
    return number(124, 12, "size");
  }

  /** Returns a name from the content of GNU tar's long name: it ends with a NUL. */
  String longName(byte[] bytes) {
    int length = bytes.length > 0 && bytes[bytes.length - 1] == 0 ? bytes.length - 1 : bytes.length;
    String name = utf8(bytes, 0, length, where);
    if (name.indexOf('\0') >= 0) {
      throw error(ArchiveCode.TAR_AMBIGUOUS, "a long name has a zero byte");
    }
    return name;
  }

  /**
   * Returns the entry.
   *
   * @param extension what the headers before it say, by pax keyword
   * @return null for the root itself
   * @throws FailureException if it is malformed, ambiguous or leads out of the root
   */
  @Nullable TarEntry entry(Map<String, String> extension) {
    String path = extension.getOrDefault("path", headerPath());
    TarEntry.Type type = type(path);
    if (type == TarEntry.Type.DIRECTORY && path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    path = plain(path);
    if (path.isEmpty() && isSource() && type == TarEntry.Type.DIRECTORY) {
      return null;
    }
    EntryPath.check(path, where);
    if (type != TarEntry.Type.FILE && size() != 0) {
      throw error(ArchiveCode.TAR_AMBIGUOUS, path + " is not a file and yet has content");
    }
    same(extension, "size", size());
    Map<String, String> kept = new LinkedHashMap<>();
    extension.forEach(
        (key, value) -> {
          if (key.startsWith(TarEntry.ATTRIBUTE) || key.startsWith("APK-TOOLS.")) {
            kept.put(key, value);
          }
        });
    return new TarEntry(
        path,
        type,
        (int) number(100, 8, "mode") & 07777,
        id(extension, "uid", 108),
        id(extension, "gid", 116),
        size(),
        number(136, 12, "mtime"),
        link(extension, type, path),
        extension.getOrDefault("uname", text(265, 32)),
        extension.getOrDefault("gname", text(297, 32)),
        kept);
  }

  private String link(Map<String, String> extension, TarEntry.Type type, String path) {
    if (type != TarEntry.Type.SYMLINK && type != TarEntry.Type.HARDLINK) {
      if (extension.containsKey("linkpath")) {
        // For apk-tools it is a hard link, for GNU tar a file.
        throw error(ArchiveCode.TAR_AMBIGUOUS, path + " is not a link and yet has a target");
      }
      return "";
    }
    String link = extension.getOrDefault("linkpath", text(157, 100));
    if (link.isEmpty() || link.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw error(ArchiveCode.TAR_FORMAT, "the link " + path + " has no sensible target");
    }
    if (type == TarEntry.Type.HARDLINK) {
      link = plain(link);
      EntryPath.check(link, where);
    }
    return link;
  }

  /** Returns a path without what says nothing, where the dialect allows that. */
  private String plain(String path) {
    if (!isSource() || path.startsWith("/")) {
      return path;
    }
    return Stream.of(path.split("/", -1))
        .filter(part -> !part.isEmpty() && !part.equals("."))
        .collect(Collectors.joining("/"));
  }

  private TarEntry.Type type(String path) {
    return switch (type()) {
      case '0' -> TarEntry.Type.FILE;
      case '1' -> TarEntry.Type.HARDLINK;
      case '2' -> TarEntry.Type.SYMLINK;
      case '3' -> TarEntry.Type.CHARACTER_DEVICE;
      case '4' -> TarEntry.Type.BLOCK_DEVICE;
      case '5' -> TarEntry.Type.DIRECTORY;
      case '6' -> TarEntry.Type.FIFO;
      case 'K', 'L' ->
          throw error(ArchiveCode.TAR_FORMAT, "a long name is written as in GNU tar, not in pax");
      default -> {
        if (type() == 0 && isSource()) {
          yield path.endsWith("/") ? TarEntry.Type.DIRECTORY : TarEntry.Type.FILE;
        }
        throw error(
            ArchiveCode.TAR_AMBIGUOUS, "an entry has the type 0x" + Integer.toHexString(type()));
      }
    };
  }

  private String headerPath() {
    String name = text(0, 100);
    if (!matches(POSIX)) {
      // GNU tar keeps times there, if anything; apk-tools takes them for a prefix.
      if (!isSource() && block[345] != 0) {
        throw error(ArchiveCode.TAR_AMBIGUOUS, "a header of GNU tar has a prefix");
      }
      return name;
    }
    String prefix = text(345, 155);
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private int id(Map<String, String> extension, String key, int start) {
    long id = number(start, 8, key);
    if (!isSource()) {
      same(extension, key, id);
    }
    // The owners in a source archive are of no use to anybody.
    return id > Integer.MAX_VALUE ? 0 : (int) id;
  }

  private void same(Map<String, String> extension, String key, long value) {
    String other = extension.get(key);
    if (other != null && !other.equals(Long.toString(value))) {
      throw error(
          ArchiveCode.TAR_AMBIGUOUS,
          "an entry has the " + key + " " + value + " in its header, another in its pax header");
    }
  }

  private String text(int start, int length) {
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
      throw Failure.of(ArchiveCode.TAR_FORMAT, "read", where, "a name or value in it is not UTF-8")
          .toException(e);
    }
  }

  private long number(int start, int length, String field) {
    if (isSource() && (block[start] & 0xff) == 0x80) {
      return binary(start + 1, length - 1, field);
    }
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
        throw error(ArchiveCode.TAR_FORMAT, "the " + field + " of an entry is no octal number");
      }
    }
    if (digits == 0 && !field.equals("mtime")) {
      throw error(ArchiveCode.TAR_FORMAT, "an entry has no " + field);
    }
    return value;
  }

  /** Returns a number that does not fit in octal, as GNU tar writes it: in base 256. */
  private long binary(int start, int length, String field) {
    long value = 0;
    for (int i = start; i < start + length; i++) {
      if (value >> 54 != 0) {
        throw error(ArchiveCode.TAR_FORMAT, "the " + field + " of an entry is too large");
      }
      value = (value << 8) | (block[i] & 0xff);
    }
    return value;
  }

  private FailureException error(ArchiveCode code, String found) {
    return Failure.of(code, "read", where, Reasons.printable(found)).toException();
  }
}
