package io.github.prosodyoci.core.archive;

import io.github.prosodyoci.core.Workers;
import io.github.prosodyoci.core.archive.deflate.DeflateEncoder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Writes one gzip member (RFC 1952), whose content is cut into pieces of a fixed length that are
 * compressed side by side. Where a piece ends depends on nothing but how much came before, and each
 * is given the end of the one before it, so that cutting costs a few bytes.
 */
final class GzipStream extends OutputStream {

  /** Turns a piece of the content into its part of a deflate stream. */
  @FunctionalInterface
  interface Encoder {
    /**
     * Returns the piece's part of the stream: whole bytes that the next piece's can follow.
     *
     * @param content the array that holds the piece, and before it the end of the one before
     * @param start where the piece starts
     * @param end where it ends
     * @param last whether the stream ends with it
     */
    byte[] encode(byte[] content, int start, int end, boolean last);
  }

  /** A piece's length in bytes; part of the encoding. */
  static final int PIECE = 1 << 18;

  /** Deflate, no optional fields, no time, no hint at the level, an unknown system. */
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

  private static final int TRAILER = 8;
  private static final int FIRST_ROOM = 1 << 13;

  private final OutputStream out;
  private final Encoder encoder;
  private final int threads;
  private final CRC32 crc = new CRC32();
  private final Queue<Future<byte[]>> pending = new ArrayDeque<>();
  private @Nullable Workers workers;
  private byte[] content = new byte[FIRST_ROOM];
  private int start;
  private int end;
  private long size;
  private boolean broken;
  private boolean closed;

  /**
   * Creates a stream and writes the header.
   *
   * @param threads how many threads compress; with 1 it is the one that writes
   * @throws IOException if it cannot be written
   */
  GzipStream(OutputStream out, Encoder encoder, int threads) throws IOException {
    this.out = out;
    this.encoder = encoder;
    this.threads = threads;
    out.write(HEADER);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (closed) {
      throw new IOException("Could not compress more: the stream is closed");
    }
    crc.update(bytes, offset, length);
    size += length;
    int from = offset;
    int to = offset + length;
    while (from < to) {
      // A full piece waits for what follows: the last one is encoded in another way.
      if (end - start == PIECE) {
        encode(false);
        beginPiece();
      }
      int n = Math.min(to - from, start + PIECE - end);
      reserve(end + n);
      System.arraycopy(bytes, from, content, end, n);
      end += n;
      from += n;
    }
  }

  private void beginPiece() {
    byte[] next = new byte[DeflateEncoder.WINDOW + PIECE];
    System.arraycopy(content, end - DeflateEncoder.WINDOW, next, 0, DeflateEncoder.WINDOW);
    content = next;
    start = DeflateEncoder.WINDOW;
    end = start;
  }

  /** Much of what is compressed is far shorter than a piece. */
  private void reserve(int length) {
    if (length > content.length) {
      content = Arrays.copyOf(content, Math.min(PIECE, Math.max(2 * content.length, length)));
    }
  }

  private void encode(boolean last) throws IOException {
    byte[] all = content;
    int from = start;
    int to = end;
    FutureTask<byte[]> task = new FutureTask<>(() -> encoder.encode(all, from, to, last));
    if (threads == 1 || (last && workers == null)) {
      task.run();
    } else {
      workers().execute(task);
    }
    pending.add(task);
    // As many wait as are under way, so that no thread has to wait for what comes next.
    while (pending.size() > (last ? 0 : 2 * threads)) {
      writeNext();
    }
  }

  private Workers workers() {
    if (workers == null) {
      workers = new Workers("gzip", threads);
    }
    return workers;
  }

  private void writeNext() throws IOException {
    broken = true;
    out.write(Workers.result("compress", pending.remove()));
    broken = false;
  }

  /** Ends the member, unless a part of it is missing, and closes the underlying stream. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try (out) {
      if (broken) {
        return;
      }
      encode(true);
      out.write(
          ByteBuffer.allocate(TRAILER)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt((int) crc.getValue())
              .putInt((int) size)
              .array());
    } finally {
      if (workers != null) {
        workers.close();
      }
    }
  }
}
