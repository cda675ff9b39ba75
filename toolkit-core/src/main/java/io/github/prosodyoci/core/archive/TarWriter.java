package io.github.prosodyoci.core.archive;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/**
 * Writes the one tar format of this toolkit: POSIX.1-2001, that is {@code ustar} headers with pax
 * records only where a value does not fit, in 512-byte records without further padding.
 *
 * <p>Every byte is set here: the tar writer of commons-compress puts the name of the user who runs
 * the JVM into each pax header.
 */
public final class TarWriter implements Closeable {

  private final OutputStream out;

  /** Creates a writer; {@link #close} closes {@code out}. */
  public TarWriter(OutputStream out) {
    this.out = out;
  }

  /**
   * Writes an entry without content.
   *
   * @throws IOException if it cannot be written
   * @throws IllegalArgumentException if the entry is a file with content, or a device
   */
  public void add(TarEntry entry) throws IOException {
    if (entry.size() != 0) {
      throw new IllegalArgumentException(
          entry.path() + " has content of " + entry.size() + " bytes");
    }
    add(entry, InputStream.nullInputStream());
  }

  /**
   * Writes an entry and its content.
   *
   * @throws IOException if it cannot be written, or the content is not as long as the entry says
   */
  public void add(TarEntry entry, byte[] content) throws IOException {
    add(entry, new ByteArrayInputStream(content));
  }

  /**
   * Writes an entry and its content; the stream is read to its end and not closed.
   *
   * @throws IOException if it cannot be written, or the content is not as long as the entry says
   */
  public void add(TarEntry entry, InputStream content) throws IOException {
    Map<String, String> records = PaxWriter.of(entry);
    if (!records.isEmpty()) {
      byte[] data = PaxWriter.encode(records);
      out.write(UstarHeader.ofPaxRecords(entry, data.length));
      out.write(data);
      pad(data.length);
    }
    out.write(UstarHeader.of(entry));
    copy(entry, content);
    pad(entry.size());
  }

  private void copy(TarEntry entry, InputStream content) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long left = entry.size();
    for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
      left -= n;
      if (left < 0) {
        throw new IOException(
            "Could not write "
                + entry.path()
                + ": its content is longer than the "
                + entry.size()
                + " bytes of its header");
      }
      out.write(buffer, 0, n);
    }
    if (left > 0) {
      throw new IOException(
          "Could not write "
              + entry.path()
              + ": its content ends "
              + left
              + " bytes before the "
              + entry.size()
              + " of its header");
    }
  }

  private void pad(long size) throws IOException {
    int over = (int) (size % UstarHeader.RECORD);
    if (over != 0) {
      out.write(new byte[UstarHeader.RECORD - over]);
    }
  }

  /**
   * Ends the segment without the two zero records that end an archive, as the first members of an
   * {@code .apk} need it ("cut" tar, abuild-tar(1)); the underlying stream is flushed and stays
   * open.
   *
   * @throws IOException if what is buffered cannot be written
   */
  public void cut() throws IOException {
    out.flush();
  }

  /** Ends the archive and closes the underlying stream. */
  @Override
  public void close() throws IOException {
    try (out) {
      out.write(new byte[2 * UstarHeader.RECORD]);
    }
  }
}
