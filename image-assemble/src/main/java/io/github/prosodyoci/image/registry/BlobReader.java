package io.github.prosodyoci.image.registry;

import io.github.prosodyoci.image.registry.ImageRepository.Content;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import org.jspecify.annotations.Nullable;

/**
 * Reads a blob in pieces, one after the other from one stream; again from its start only if the
 * pieces do not follow each other.
 */
final class BlobReader implements AutoCloseable {

  private final Content content;
  private @Nullable InputStream open;
  private long at;

  BlobReader(Content content) {
    this.content = content;
  }

  /** Returns what sends a piece. */
  BodyPublisher publisher(long offset, long length) {
    return BodyPublishers.fromPublisher(
        BodyPublishers.ofInputStream(() -> new Piece(position(offset), length)), length);
  }

  private synchronized InputStream position(long offset) {
    try {
      if (open == null || at != offset) {
        reset();
        InputStream in = content.open();
        open = in;
        in.skipNBytes(offset);
        at = offset;
      }
      return open;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Forgets the stream, which a broken request may still read. */
  synchronized void reset() throws IOException {
    if (open != null) {
      open.close();
      open = null;
    }
  }

  @Override
  public void close() throws IOException {
    reset();
  }

  /** A part of the stream, which stays open for the next one. */
  private final class Piece extends InputStream {

    private final InputStream in;
    private long left;

    Piece(InputStream in, long length) {
      this.in = in;
      this.left = length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (left == 0) {
        return -1;
      }
      int n = in.read(buffer, offset, (int) Math.min(length, left));
      if (n > 0) {
        left -= n;
        synchronized (BlobReader.this) {
          if (open == in) {
            at += n;
          }
        }
      }
      return n;
    }
  }
}
