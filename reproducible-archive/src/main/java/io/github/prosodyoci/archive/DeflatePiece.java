package io.github.prosodyoci.archive;

import com.jcraft.jzlib.Deflater;
import com.jcraft.jzlib.GZIPException;
import com.jcraft.jzlib.JZlib;
import java.util.Arrays;

/**
 * Compresses a piece of the content of a deflate stream (RFC 1951) by JZlib. What stands before it
 * is looked at, but need not have been compressed before.
 */
final class DeflatePiece {

  /** How far back a match may lie. */
  static final int WINDOW = 1 << JZlib.MAX_WBITS;

  /** Level 9 takes three times as long, to save one byte in a hundred. */
  private static final int LEVEL = 6;

  // JZlib takes what stands before only inside a zlib frame (RFC 1950), which is cut away here.
  private static final int FRAME_HEADER = 2;
  private static final int FRAME_DICTIONARY = 4;
  private static final int FRAME_TRAILER = 4;

  private DeflatePiece() {}

  /** Compresses a piece ({@link GzipStream.Encoder}). */
  static byte[] deflate(byte[] content, int start, int end, boolean last) {
    return encode(LEVEL, content, start, end, last);
  }

  /** Wraps a piece without compressing it. */
  static byte[] store(byte[] content, int start, int end, boolean last) {
    return encode(JZlib.Z_NO_COMPRESSION, content, start, end, last);
  }

  private static byte[] encode(int level, byte[] content, int start, int end, boolean last) {
    try {
      Deflater deflater = new Deflater(level);
      int from = FRAME_HEADER;
      if (start > 0) {
        byte[] before = Arrays.copyOfRange(content, Math.max(0, start - WINDOW), start);
        check(deflater.setDictionary(before, before.length), deflater);
        from += FRAME_DICTIONARY;
      }
      byte[] out = new byte[end - start + (end - start) / 100 + 64];
      deflater.setInput(content, start, end - start, false);
      deflater.setOutput(out);
      check(deflater.deflate(last ? JZlib.Z_FINISH : JZlib.Z_SYNC_FLUSH), deflater);
      if (deflater.getAvailIn() > 0 || deflater.getAvailOut() == 0) {
        throw new IllegalStateException("JZlib needs more room than deflate can take");
      }
      int to = (int) deflater.getTotalOut() - (last ? FRAME_TRAILER : 0);
      return Arrays.copyOfRange(out, from, to);
    } catch (GZIPException e) {
      throw new IllegalStateException("JZlib refuses its own defaults", e);
    }
  }

  private static void check(int code, Deflater deflater) {
    if (code != JZlib.Z_OK && code != JZlib.Z_STREAM_END) {
      throw new IllegalStateException("JZlib failed: " + code + " " + deflater.getMessage());
    }
  }
}
