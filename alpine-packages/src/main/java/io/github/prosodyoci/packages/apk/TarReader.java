package io.github.prosodyoci.packages.apk;

import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.packages.PackagesException;
import io.github.prosodyoci.packages.PackagesException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads tar strictly: what GNU tar, apk-tools and others could understand differently is refused.
 * Only POSIX {@code ustar} headers (GNU's magic too) with pax records; numbers in octal.
 */
public final class TarReader {

  static final int BLOCK = 512;
  private static final int MAX_PAX = 1 << 20;

  /** How a tar file ends. */
  public enum End {
    /** With its last entry: two zero blocks would be wrong. */
    CUT,
    /** With two zero blocks at least. */
    ZERO_BLOCKS
  }

  private final InputStream in;
  private final String where;
  private final End end;
  private final TarHeader header = new TarHeader();
  private Content content = new Content(0);

  /**
   * Creates a reader.
   *
   * @param where what is read, for messages
   */
  public TarReader(InputStream in, String where, End end) {
    this.in = in;
    this.where = where;
    this.end = end;
  }

  /**
   * Returns the next entry, or null after the last one; what is left of the entry before is passed
   * over. Pax records for times are dropped, checksums and extended attributes kept.
   *
   * @throws IOException if the stream cannot be read
   * @throws PackagesException if the bytes break the format
   */
  public @Nullable TarEntry next() throws IOException {
    content.skip();
    Map<String, String> pax = Map.of();
    if (!header.read(in, where)) {
      return ended();
    }
    if (header.type() == 'x') {
      if (header.size() > MAX_PAX) {
        throw error(Code.TAR_FORMAT, "a pax header has " + header.size() + " bytes");
      }
      content = new Content(header.size());
      pax = PaxRecords.parse(content.readNBytes((int) header.size()), where);
      content.skip();
      if (!header.read(in, where)) {
        throw error(Code.TAR_FORMAT, "a pax header is followed by no entry");
      }
    }
    TarEntry entry = header.entry(pax, where);
    content = new Content(entry.size());
    return entry;
  }

  /** Returns the current entry's content, which ends where the entry ends. */
  public InputStream content() {
    return content;
  }

  private @Nullable TarEntry ended() throws IOException {
    if (end == End.CUT) {
      if (header.isZero() || in.read() >= 0) {
        throw error(Code.TAR_FORMAT, "its control part does not end with its last entry");
      }
      return null;
    }
    byte[] block = in.readNBytes(BLOCK);
    if (!header.isZero() || block.length != BLOCK || !TarHeader.isZero(block)) {
      throw error(Code.TAR_AMBIGUOUS, "it does not end with two zero blocks");
    }
    byte[] rest = new byte[1 << 13];
    for (int n = in.read(rest); n >= 0; n = in.read(rest)) {
      for (int i = 0; i < n; i++) {
        if (rest[i] != 0) {
          throw error(Code.APK_FORMAT, "data follow the end of the archive");
        }
      }
    }
    return null;
  }

  private PackagesException error(Code code, String reason) {
    return TarHeader.error(code, where, reason);
  }

  /** The bytes of one entry. */
  private final class Content extends InputStream {
    private final byte[] single = new byte[1];
    private final int padding;
    private long left;
    private boolean skipped;

    Content(long size) {
      this.left = size;
      this.padding = (int) (-size & (BLOCK - 1));
    }

    @Override
    public int read() throws IOException {
      return read(single, 0, 1) < 0 ? -1 : (single[0] & 0xff);
    }

    @Override
    public int read(byte[] bytes, int start, int length) throws IOException {
      if (left == 0) {
        return length == 0 ? 0 : -1;
      }
      int n = in.read(bytes, start, (int) Math.min(length, left));
      if (n < 0) {
        throw error(Code.TAR_FORMAT, "it ends within an entry");
      }
      left -= n;
      return n;
    }

    void skip() throws IOException {
      if (!skipped) {
        skipped = true;
        transferTo(OutputStream.nullOutputStream());
        if (in.readNBytes(padding).length != padding) {
          throw error(Code.TAR_FORMAT, "it ends within an entry");
        }
      }
    }
  }
}
