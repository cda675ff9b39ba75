package io.github.prosodyoci.core.archive;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Stops what unpacks to more than it sensibly can. */
public final class LimitedStream extends FilterInputStream {

  private final long limit;
  private long total;

  /**
   * Creates a stream.
   *
   * @param limit how many bytes may be read; reading more fails
   */
  public LimitedStream(InputStream in, long limit) {
    super(in);
    this.limit = limit;
  }

  @Override
  public int read() throws IOException {
    int value = super.read();
    count(value < 0 ? 0 : 1);
    return value;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int count = super.read(buffer, offset, length);
    count(Math.max(count, 0));
    return count;
  }

  @Override
  public long skip(long n) throws IOException {
    long count = super.skip(n);
    count(count);
    return count;
  }

  private void count(long bytes) throws IOException {
    total += bytes;
    if (total > limit) {
      throw new IOException("it unpacks to more than " + limit + " bytes");
    }
  }
}
