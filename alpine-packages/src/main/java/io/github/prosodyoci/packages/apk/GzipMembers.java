package io.github.prosodyoci.packages.apk;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.packages.PackageCode;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads concatenated gzip members (RFC 1952) one by one, and shows their compressed bytes, over
 * which Alpine's signatures and hashes are made. Only the plain header is taken: no name, comment,
 * extra field or header checksum.
 */
public final class GzipMembers implements Closeable {

  /** Takes compressed bytes as they are read. */
  @FunctionalInterface
  public interface Tap {
    /** Takes some bytes; the array is reused afterwards. */
    void take(byte[] bytes, int offset, int length);
  }

  private static final int HEADER = 10;
  private static final int TRAILER = 8;
  private static final String ZSTANDARD = "(\u00b5/\u00fd";

  /** From this size on, what is packed more tightly than {@link #MAX_RATIO} is a bomb. */
  private static final long SUSPICIOUS = 128L << 20;

  private static final long MAX_RATIO = 400;

  private final String where;
  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int at;
  private int limit;
  private long offset;

  /**
   * Opens a file.
   *
   * @throws IOException if it cannot be opened
   */
  public GzipMembers(Path file) throws IOException {
    this(file, 0);
  }

  /**
   * Opens a file at the offset where a member begins.
   *
   * @throws IOException if it cannot be opened
   */
  public GzipMembers(Path file, long start) throws IOException {
    this.where = file.toString();
    this.in = Files.newInputStream(file);
    in.skipNBytes(start);
    this.offset = start;
  }

  /** Reads from memory; {@code where} names the bytes in messages. */
  public GzipMembers(InputStream in, String where) {
    this.where = where;
    this.in = in;
  }

  /** Returns where the next member begins, in bytes from the start of the file. */
  public long offset() {
    return offset;
  }

  /**
   * Returns whether anything follows the members read so far.
   *
   * @throws IOException if the file cannot be read
   */
  public boolean hasNext() throws IOException {
    if (at == limit) {
      at = 0;
      limit = Math.max(0, in.readNBytes(buffer, 0, buffer.length));
    }
    return limit > 0;
  }

  /**
   * Returns the content of the next member, which must be read to its end before the next call.
   *
   * @param tap is shown the compressed bytes
   * @throws IOException if the file cannot be read
   * @throws FailureException if no plain gzip member begins here ({@code apk-format})
   */
  public InputStream next(Tap tap) throws IOException {
    if (!hasNext()) {
      throw bad("it ends too early");
    }
    byte[] header = take(HEADER, tap);
    if (header[0] != 0x1f || header[1] != (byte) 0x8b || header[2] != 8) {
      if (offset == HEADER && isVersion3(header)) {
        throw Failure.of(
                PackageCode.APK_V3_UNSUPPORTED,
                "read",
                where,
                "it is of format apk v3, or not compressed with gzip")
            .expecting("format v2")
            .toException();
      }
      throw bad("no gzip member begins at byte " + (offset - HEADER));
    }
    if (header[3] != 0) {
      throw bad("the gzip member at byte " + (offset - HEADER) + " has optional header fields");
    }
    return new Member(tap);
  }

  /**
   * Returns whether a file begins as those do that only apk v3 reads: ADB, Zstandard, plain text.
   */
  private static boolean isVersion3(byte[] header) {
    String start = new String(header, StandardCharsets.ISO_8859_1);
    return start.startsWith("ADB") || start.startsWith("C:Q") || start.startsWith(ZSTANDARD);
  }

  /**
   * Returns the compressed bytes of the next member.
   *
   * @param limit the most bytes that it may have, compressed or not
   * @throws IOException if the file cannot be read
   * @throws FailureException if there is no whole member, or it is larger than {@code limit}
   */
  public byte[] nextRaw(int limit) throws IOException {
    ByteArrayOutputStream raw = new ByteArrayOutputStream();
    readAll(raw::write, limit);
    return raw.toByteArray();
  }

  /**
   * Returns the content of the next member.
   *
   * @param limit the most bytes that it may have
   * @throws IOException if the file cannot be read
   * @throws FailureException if there is no whole member, or it is larger than {@code limit}
   */
  public byte[] readAll(Tap tap, int limit) throws IOException {
    byte[] content;
    try (InputStream member = next(tap)) {
      content = member.readNBytes(limit + 1);
    }
    if (content.length > limit) {
      throw Failure.of(
              PackageCode.LIMIT,
              "read",
              where,
              "a part that should be small has more than " + limit + " bytes")
          .toException();
    }
    return content;
  }

  private byte[] take(int length, Tap tap) throws IOException {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      if (!hasNext()) {
        throw bad("it ends too early");
      }
      bytes[i] = buffer[at++];
    }
    offset += length;
    tap.take(bytes, 0, length);
    return bytes;
  }

  private FailureException bad(String reason) {
    return Failure.of(PackageCode.APK_FORMAT, "read", where, reason).toException();
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private final class Member extends InputStream {
    private final Tap tap;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    private final byte[] single = new byte[1];
    private boolean ended;

    Member(Tap tap) {
      this.tap = tap;
    }

    @Override
    public int read() throws IOException {
      return read(single, 0, 1) < 0 ? -1 : (single[0] & 0xff);
    }

    @Override
    public int read(byte[] bytes, int start, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      while (!ended) {
        int n = inflate(bytes, start, length);
        if (n > 0) {
          crc.update(bytes, start, n);
          return n;
        }
      }
      return -1;
    }

    private int inflate(byte[] bytes, int start, int length) throws IOException {
      if (inflater.needsInput() && !inflater.finished()) {
        if (!hasNext()) {
          throw bad("it ends too early");
        }
        inflater.setInput(buffer, at, limit - at);
      }
      int before = inflater.getRemaining();
      int n;
      try {
        n = inflater.inflate(bytes, start, length);
      } catch (DataFormatException e) {
        throw Failure.of(PackageCode.APK_FORMAT, "read", where, "its compressed data are damaged")
            .toException(e);
      }
      int used = before - inflater.getRemaining();
      if (inflater.getBytesWritten() > SUSPICIOUS
          && inflater.getBytesWritten() / MAX_RATIO > inflater.getBytesRead()) {
        throw Failure.of(
                PackageCode.LIMIT,
                "read",
                where,
                "its data are packed more than " + MAX_RATIO + " to one")
            .toException();
      }
      tap.take(buffer, at, used);
      at += used;
      offset += used;
      if (inflater.finished() && n == 0) {
        finish();
      } else if (inflater.needsDictionary()) {
        throw bad("its compressed data need a dictionary");
      }
      return n;
    }

    private void finish() throws IOException {
      long size = inflater.getBytesWritten();
      byte[] trailer = take(TRAILER, tap);
      ended = true;
      inflater.end();
      if (little(trailer, 0) != crc.getValue() || little(trailer, 4) != (size & 0xffffffffL)) {
        throw bad("the checksum of its compressed data is wrong");
      }
    }

    private static long little(byte[] bytes, int start) {
      long value = 0;
      for (int i = 3; i >= 0; i--) {
        value = (value << 8) | (bytes[start + i] & 0xff);
      }
      return value;
    }

    @Override
    public void close() {
      inflater.end();
    }
  }
}
