package io.github.prosodyoci.core.archive;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads tar strictly: what programs could read in different ways is refused. The headers are those
 * of POSIX.1-2001 ({@code ustar} and pax), or of a {@link Dialect} that allows more.
 */
public final class TarReader {

  static final int BLOCK = 512;
  private static final int MAX_EXTENSION = 1 << 20;

  /** What else is read beside {@code ustar} headers with pax records, and how the file ends. */
  public enum Dialect {
    /** Nothing else; the last entry ends it, without zero blocks, as in an {@code .apk}. */
    SEGMENT,
    /** Nothing else; two zero blocks at least end it. */
    ARCHIVE,
    /**
     * What upstream's and Debian's release archives hold: old headers without {@code ustar}, long
     * names and binary numbers of GNU tar, global comments, and paths that begin with {@code ./};
     * two zero blocks at least end it.
     */
    SOURCE
  }

  private final InputStream in;
  private final String where;
  private final Dialect dialect;
  private final TarHeader header;
  private Content content = new Content(0);
  private long offset;
  private int paxHeaders;

  /**
   * Creates a reader.
   *
   * @param in where to read from; not closed
   * @param where what is read, for messages
   */
  public TarReader(InputStream in, String where, Dialect dialect) {
    this.in = in;
    this.where = where;
    this.dialect = dialect;
    this.header = new TarHeader(where, dialect);
  }

  /**
   * Returns the next entry, or null after the last one; what is left of the content before is
   * skipped. Devices, pipes and links are returned like any other entry: the caller refuses what it
   * has no use for. Pax records for checksums and extended attributes are kept, others dropped. An
   * entry for the root itself is skipped in {@link Dialect#SOURCE}.
   *
   * @throws IOException if the stream cannot be read
   * @throws FailureException with an {@link ArchiveCode} if the bytes break the format, are
   *     ambiguous, or a path or hard link leads out of the root
   */
  public @Nullable TarEntry next() throws IOException {
    TarEntry entry;
    do {
      content.skip();
      paxHeaders = 0;
      Map<String, String> extension = new HashMap<>();
      boolean found = readHeader();
      boolean extended = found && extend(extension);
      while (found && extended) {
        found = readHeader();
        if (!found) {
          throw error(ArchiveCode.TAR_FORMAT, "an extended header is followed by no entry");
        }
        extended = extend(extension);
      }
      if (!found) {
        return ended();
      }
      entry = header.entry(extension);
      content = new Content(header.size());
    } while (entry == null);
    return entry;
  }

  private boolean readHeader() throws IOException {
    byte[] block = in.readNBytes(BLOCK);
    offset += block.length;
    return header.parse(block);
  }

  /** Adds what a header says of the entry that follows; returns whether it is such a header. */
  private boolean extend(Map<String, String> extension) throws IOException {
    char type = header.type();
    boolean source = dialect == Dialect.SOURCE;
    if (type != 'x' && !(source && (type == 'g' || type == 'K' || type == 'L'))) {
      return false;
    }
    if (header.size() > MAX_EXTENSION) {
      throw error(ArchiveCode.TAR_FORMAT, "an extended header has " + header.size() + " bytes");
    }
    content = new Content(header.size());
    byte[] bytes = content.readAllBytes();
    content.skip();
    Map<String, String> records =
        type == 'K' || type == 'L'
            ? Map.of(type == 'K' ? "linkpath" : "path", header.longName(bytes))
            : PaxReader.parse(bytes, where);
    if (type != 'g') {
      for (Map.Entry<String, String> each : records.entrySet()) {
        if (extension.putIfAbsent(each.getKey(), each.getValue()) != null) {
          throw error(ArchiveCode.TAR_AMBIGUOUS, "two headers give the " + each.getKey());
        }
      }
      if (type == 'x' && ++paxHeaders > 1) {
        throw error(ArchiveCode.TAR_AMBIGUOUS, "two pax headers precede one entry");
      }
    } else if (records.keySet().stream().anyMatch(key -> !key.equals("comment"))) {
      throw error(ArchiveCode.TAR_AMBIGUOUS, "a global pax header holds more than a comment");
    }
    return true;
  }

  /** Returns the current entry's content, which ends where the entry ends. */
  public InputStream content() {
    return content;
  }

  /** Returns how many bytes were read; after {@link #next}, where the entry's content begins. */
  public long offset() {
    return offset;
  }

  private @Nullable TarEntry ended() throws IOException {
    if (dialect == Dialect.SEGMENT) {
      if (header.isZero() || in.read() >= 0) {
        throw error(ArchiveCode.TAR_FORMAT, "it does not end with its last entry");
      }
      return null;
    }
    byte[] block = in.readNBytes(BLOCK);
    if (!header.isZero() || block.length != BLOCK || !TarHeader.isZero(block, block.length)) {
      throw error(ArchiveCode.TAR_AMBIGUOUS, "it does not end with two zero blocks");
    }
    byte[] rest = new byte[1 << 13];
    for (int n = in.read(rest); n >= 0; n = in.read(rest)) {
      if (!TarHeader.isZero(rest, n)) {
        throw error(ArchiveCode.TAR_AMBIGUOUS, "data follow the end of the archive");
      }
    }
    return null;
  }

  private FailureException error(ArchiveCode code, String found) {
    return Failure.of(code, "read", where, found).toException();
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
        throw error(ArchiveCode.TAR_FORMAT, "it ends within an entry");
      }
      left -= n;
      offset += n;
      return n;
    }

    void skip() throws IOException {
      if (!skipped) {
        skipped = true;
        transferTo(OutputStream.nullOutputStream());
        if (in.readNBytes(padding).length != padding) {
          throw error(ArchiveCode.TAR_FORMAT, "it ends within an entry");
        }
        offset += padding;
      }
    }
  }
}
