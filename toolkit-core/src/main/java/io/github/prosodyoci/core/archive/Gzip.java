package io.github.prosodyoci.core.archive;

import io.github.prosodyoci.core.archive.deflate.DeflateEncoder;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Compresses with an encoder that we ship, so that the bytes do not depend on the zlib of the JDK
 * at hand; nor do they depend on how many threads compress.
 */
public final class Gzip {

  /** More would wait for whoever writes, and each takes a megabyte. */
  private static final int MAX_THREADS = 8;

  private Gzip() {}

  /**
   * Returns a stream that compresses what is written to it into one gzip member (RFC 1952), with no
   * name, no time and an unknown operating system in its header. Long content is compressed by
   * several threads, to the same bytes as by one; {@code out} is written to only by those that call
   * the stream. Closing it ends the member and closes {@code out}.
   *
   * @throws IOException if the header cannot be written
   */
  public static OutputStream compress(OutputStream out) throws IOException {
    return compress(out, Math.min(Runtime.getRuntime().availableProcessors(), MAX_THREADS));
  }

  /** Does the same with a number of threads; with 1 it is the one that calls the stream. */
  static OutputStream compress(OutputStream out, int threads) throws IOException {
    return new GzipStream(out, DeflateEncoder::deflate, threads);
  }

  /**
   * Returns a stream that wraps what is written to it into one gzip member without compressing it,
   * so that the member's length depends on the content's length alone. Closing it ends the member
   * and closes {@code out}.
   *
   * @throws IOException if the header cannot be written
   */
  public static OutputStream store(OutputStream out) throws IOException {
    return new GzipStream(out, DeflateEncoder::store, 1);
  }
}
