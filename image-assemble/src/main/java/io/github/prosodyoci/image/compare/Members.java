package io.github.prosodyoci.image.compare;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.core.archive.TarReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * What is in an archive, by name, in its order: gzip (RFC 1952), tar (POSIX.1-2001), ar and zip.
 *
 * @param kind such as {@code tar}
 * @param members the members; of gzip one without a name
 */
record Members(String kind, Map<String, Member> members) {

  /** What is looked into is not larger than this, however well it is compressed. */
  private static final int MAX_CONTENT = 128 << 20;

  private static final int AR_HEADER = 60;
  private static final int TAR_MAGIC = 257;

  /** A member: what its header says, in one line, and its content. */
  static final class Member {
    private final String facts;
    private final byte[] content;

    Member(String facts, byte[] content) {
      this.facts = facts;
      this.content = content;
    }

    String facts() {
      return facts;
    }

    byte[] content() {
      return content;
    }
  }

  /** Returns what is in an archive; empty if it is none, or damaged, or too large. */
  static Optional<Members> of(byte[] bytes) {
    try {
      if (startsWith(bytes, 0, "\u001f\u008b")) {
        return Optional.of(gzip(bytes));
      }
      if (startsWith(bytes, 0, "!<arch>\n")) {
        return Optional.of(ar(bytes));
      }
      if (startsWith(bytes, 0, "PK\u0003\u0004")) {
        return Optional.of(zip(bytes));
      }
      return startsWith(bytes, TAR_MAGIC, "ustar") ? Optional.of(tar(bytes)) : Optional.empty();
    } catch (IOException | FailureException | IllegalArgumentException e) {
      // Then it is compared as bytes.
      return Optional.empty();
    }
  }

  private static boolean startsWith(byte[] bytes, int at, String magic) {
    byte[] wanted = magic.getBytes(StandardCharsets.ISO_8859_1);
    return bytes.length >= at + wanted.length
        && Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length);
  }

  private static byte[] content(InputStream in) throws IOException {
    byte[] content = in.readNBytes(MAX_CONTENT);
    if (content.length == MAX_CONTENT) {
      throw new IOException("It is too large to look into");
    }
    return content;
  }

  private static Members gzip(byte[] bytes) throws IOException {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return new Members("gzip", Map.of("", new Member("", content(in))));
    }
  }

  private static Members tar(byte[] bytes) throws IOException {
    Map<String, Member> members = new LinkedHashMap<>();
    TarReader tar =
        new TarReader(new ByteArrayInputStream(bytes), "the file", TarReader.Dialect.SOURCE);
    for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
      String facts =
          Integer.toOctalString(entry.mode())
              + " "
              + entry.uid()
              + ":"
              + entry.gid()
              + " "
              + Instant.ofEpochSecond(entry.mtime())
              + (entry.link().isEmpty() ? "" : " to " + entry.link());
      members.put(entry.path(), new Member(facts, content(tar.content())));
    }
    return new Members("tar", members);
  }

  /** A header of 60 characters before each member: name, time, owner, group, mode and size. */
  private static Members ar(byte[] bytes) throws IOException {
    Map<String, Member> members = new LinkedHashMap<>();
    int at = 8;
    while (at < bytes.length) {
      if (bytes.length < at + AR_HEADER) {
        throw new IOException("It ends within a header");
      }
      String header = new String(bytes, at, AR_HEADER, StandardCharsets.ISO_8859_1);
      int size = Integer.parseInt(header.substring(48, 58).strip());
      at += AR_HEADER;
      if (size < 0 || size > bytes.length - at) {
        throw new IOException("It ends within a member");
      }
      String facts = header.substring(16, 48).strip().replaceAll(" +", " ");
      String name = header.substring(0, 16).strip();
      members.merge(
          name,
          new Member(facts, Arrays.copyOfRange(bytes, at, at + size)),
          (older, newer) -> joined(older, newer));
      at += size + (size & 1);
    }
    return new Members("ar", members);
  }

  /** Archives of objects may have several members of one name. */
  private static Member joined(Member older, Member newer) {
    byte[] both = Arrays.copyOf(older.content, older.content.length + newer.content.length);
    System.arraycopy(newer.content, 0, both, older.content.length, newer.content.length);
    return new Member(older.facts + ", " + newer.facts, both);
  }

  private static Members zip(byte[] bytes) throws IOException {
    Map<String, Member> members = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        members.put(entry.getName(), new Member(time(entry), content(zip)));
      }
    }
    return new Members("zip", members);
  }

  /** Returns the time as it is stored, without a time zone; empty if it is none, such as zeros. */
  private static String time(ZipEntry entry) {
    try {
      return String.valueOf(entry.getTimeLocal());
    } catch (DateTimeException e) {
      return "";
    }
  }

  /** Returns whether it is compression alone. */
  boolean isOne() {
    return members.size() == 1 && members.containsKey("");
  }

  /** Returns the contents, to compare them. */
  List<ByteBuffer> contents() {
    return members.values().stream().map(each -> ByteBuffer.wrap(each.content)).toList();
  }
}
