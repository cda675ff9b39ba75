package io.github.prosodyoci.image.transfer;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.image.ImageCode;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;

/**
 * A stream that fails if what was read has another size or digest than it should. The last byte is
 * not given out before the digest is right, so nobody has to read beyond it.
 */
public final class CheckedInput extends FilterInputStream {

  private final MessageDigest sha256 = Digest.sha256();
  private final Digest digest;
  private final ImageCode code;
  private final String thing;
  private long left;

  /**
   * Creates a stream.
   *
   * @param size how many bytes there have to be
   * @param code what is wrong if they are others
   * @param thing what is read, for the message
   */
  public CheckedInput(InputStream in, Digest digest, long size, ImageCode code, String thing) {
    super(in);
    this.digest = digest;
    this.left = size;
    this.code = code;
    this.thing = thing;
    if (size == 0) {
      checkDigest();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int n = in.read(buffer, offset, length);
    if (n < 0) {
      if (left > 0) {
        throw wrong("it ends " + left + " bytes early").toException();
      }
      return n;
    }
    if (n > left) {
      throw wrong("it is longer than it should be").toException();
    }
    sha256.update(buffer, offset, n);
    left -= n;
    if (left == 0 && n > 0) {
      checkDigest();
    }
    return n;
  }

  @Override
  public long skip(long n) throws IOException {
    return read(new byte[(int) Math.min(n, 1 << 16)]);
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void checkDigest() {
    Digest found = Digest.of(sha256);
    if (!found.equals(digest)) {
      throw wrong("its digest is " + found).expecting(digest.toString()).toException();
    }
  }

  private Failure wrong(String found) {
    return Failure.of(code, "read", thing, found);
  }
}
