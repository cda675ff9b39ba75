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
    return member(out, JZlib.Z_BEST_COMPRESSION);
  }

  /**
   * Returns a stream that wraps what is written to it into one gzip member without compressing it,
   * so that the member's length depends on the content's length alone. Closing it ends the member
   * and closes {@code out}.
   *
   * @throws IOException if the header cannot be written
   */
  public static OutputStream store(OutputStream out) throws IOException {
    return member(out, JZlib.Z_NO_COMPRESSION);
  }

  private static OutputStream member(OutputStream out, int level) throws IOException {
    return new GZIPOutputStream(out, new Deflater(level, JZlib.MAX_WBITS + 16, 9), 1 << 16, true);
  }
}
