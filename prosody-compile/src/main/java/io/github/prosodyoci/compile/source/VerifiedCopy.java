package io.github.prosodyoci.compile.source;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/**
 * A copy of a file that was hashed while it was written. The copy stays open, so that what is read
 * from it is what was hashed, whatever happens to the original or to the copy's path.
 */
public final class VerifiedCopy implements Closeable {

  private final FileChannel channel;

  private VerifiedCopy(FileChannel channel) {
    this.channel = channel;
  }

  /**
   * Copies a file whose digest was checked before; it is read once.
   *
   * @param original the file
   * @param copy the copy's path, where there must be nothing yet
   * @param expected the digest that the content must have
   * @throws FailureException if the content has another digest ({@code source-changed}); there is
   *     no copy then
   * @throws IOException if the file cannot be read or the copy cannot be written
   */
  public static VerifiedCopy of(Path original, Path copy, Digest expected) throws IOException {
    FileChannel channel =
        FileChannel.open(
            copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
    boolean good = false;
    try {
      Digest found = transfer(original, channel);
      if (!found.equals(expected)) {
        throw changed(original, expected.toString(), found.toString());
      }
      good = true;
      return new VerifiedCopy(channel);
    } finally {
      if (!good) {
        channel.close();
        Files.deleteIfExists(copy);
      }
    }
  }

  /** Returns the exception for a file that is no longer the one that was verified. */
  public static FailureException changed(Path file, String expected, String found) {
    return Failure.of(
            CompileCode.SOURCE_CHANGED,
            "use",
            file.toString(),
            "it has changed since it was verified: it has " + found)
        .expecting(expected)
        .toException();
  }

  private static Digest transfer(Path original, FileChannel channel) throws IOException {
    MessageDigest sha256 = Digest.sha256();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(original)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        sha256.update(buffer, 0, n);
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, n);
        while (bytes.hasRemaining()) {
          int unused = channel.write(bytes);
        }
      }
    }
    return Digest.of(sha256);
  }

  /**
   * Returns the copy's content from its beginning. Only one such stream can be read at a time;
   * closing it closes the copy.
   *
   * @throws IOException if the copy is closed
   */
  public InputStream content() throws IOException {
    channel.position(0);
    return Channels.newInputStream(channel);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
