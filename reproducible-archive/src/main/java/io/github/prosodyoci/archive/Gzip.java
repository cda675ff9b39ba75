package io.github.prosodyoci.archive;

import com.jcraft.jzlib.Deflater;
import com.jcraft.jzlib.GZIPOutputStream;
import com.jcraft.jzlib.JZlib;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Compresses with an encoder that we ship, so that the bytes do not depend on the zlib of the JDK
 * at hand.
 */
public final class Gzip {

  private Gzip() {}

  /**
   * Returns a stream that compresses what is written to it into one gzip member (RFC 1952) at level
   * 9, with no name, no time and an unknown operating system in its header. Closing it ends the
   * member and closes {@code out}.
   *
   * @throws IOException if the header cannot be written
   */
  public static OutputStream compress(OutputStream out) throws IOException {
    return new GZIPOutputStream(
        out, new Deflater(JZlib.Z_BEST_COMPRESSION, JZlib.MAX_WBITS + 16, 9), 1 << 16, true);
  }
}
