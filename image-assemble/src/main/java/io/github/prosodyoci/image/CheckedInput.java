package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.security.DigestInputStream;

/** A stream that fails at its end if what was read has another digest than it should. */
final class CheckedInput extends DigestInputStream {

  private final Digest expected;
  private final String name;
  private boolean ended;

  CheckedInput(InputStream in, Digest expected, String name) {
    super(in, Digest.sha256());
    this.expected = expected;
    this.name = name;
  }

  @Override
  public int read() throws IOException {
    return checkEnd(super.read());
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    return checkEnd(super.read(buffer, offset, length));
  }

  private int checkEnd(int n) {
    if (n < 0 && !ended) {
      ended = true;
      Digest found = Digest.of(getMessageDigest());
      if (!found.equals(expected)) {
        throw Failure.of(ImageCode.ARCHIVE_DAMAGED, "read", name, "its digest is " + found)
            .expecting(expected.toString())
            .toException();
      }
    }
    return n;
  }
}
