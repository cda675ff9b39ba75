package io.github.prosodyoci.archive;

import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Writes the one tar format of this toolkit: POSIX.1-2001 ({@code ustar} with pax records only
 * where a value does not fit), 512-byte records without further padding.
 */
public final class TarWriter implements Closeable {

  private final OutputStream out;
  private final TarArchiveOutputStream tar;

  /** Creates a writer; {@link #close} closes {@code out}. */
  public TarWriter(OutputStream out) {
    this.out = out;
    this.tar = new TarArchiveOutputStream(out, 512, StandardCharsets.UTF_8.name());
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
    tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
    tar.setAddPaxHeadersForNonAsciiNames(true);
  }

  /**
   * Writes an entry without content.
   *
   * @throws IOException if it cannot be written
   * @throws IllegalArgumentException if the entry is a file with content
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
    tar.putArchiveEntry(header(entry));
    content.transferTo(tar);
    tar.closeArchiveEntry();
  }

  private static TarArchiveEntry header(TarEntry entry) {
    String path = entry.type() == TarEntry.Type.DIRECTORY ? entry.path() + "/" : entry.path();
    TarArchiveEntry header = new TarArchiveEntry(path, linkFlag(entry.type()), true);
    header.setMode(entry.mode());
    header.setUserId(entry.uid());
    header.setGroupId(entry.gid());
    header.setSize(entry.size());
    header.setModTime(entry.mtime() * 1000);
    header.setLinkName(entry.link());
    header.setUserName(entry.userName());
    header.setGroupName(entry.groupName());
    entry.paxHeaders().forEach(header::addPaxHeader);
    return header;
  }

  private static byte linkFlag(TarEntry.Type type) {
    return switch (type) {
      case FILE -> TarConstants.LF_NORMAL;
      case DIRECTORY -> TarConstants.LF_DIR;
      case SYMLINK -> TarConstants.LF_SYMLINK;
      case HARDLINK -> TarConstants.LF_LINK;
      case CHARACTER_DEVICE -> TarConstants.LF_CHR;
      case BLOCK_DEVICE -> TarConstants.LF_BLK;
      case FIFO -> TarConstants.LF_FIFO;
    };
  }

  /**
   * Ends the segment without the two zero records that end an archive, as the first members of an
   * {@code .apk} need it ("cut" tar, abuild-tar(1)); the underlying stream is flushed and stays
   * open.
   *
   * @throws IOException if what is buffered cannot be written
   */
  public void cut() throws IOException {
    tar.flush();
  }

  /** Ends the archive and closes the underlying stream. */
  @Override
  public void close() throws IOException {
    tar.finish();
    tar.flush();
    out.close();
  }
}
