package io.github.prosodyoci.core.archive.deflate;

/**
 * Encodes one piece of a deflate stream (RFC 1951). The result depends on the piece, the {@link
 * #WINDOW} bytes before it and on whether it is the last, and on nothing else.
 */
public final class DeflateEncoder {

  /** How far back a match may reach, in bytes. */
  public static final int WINDOW = 1 << 15;

  private DeflateEncoder() {}

  /**
   * Compresses a piece. Matches may begin before it, where {@code content} and {@link #WINDOW} do.
   *
   * @param content the array that holds the piece and what precedes it
   * @param start the index of the piece's first byte
   * @param end the index after its last byte
   * @param last whether the stream ends with this piece
   * @return whole bytes; the next piece's can follow them
   */
  public static byte[] deflate(byte[] content, int start, int end, boolean last) {
    BitWriter out = new BitWriter(end - start);
    Parser parser = new Parser(content, start, end);
    int token = 0;
    int at = start;
    for (Histogram block : parser.parse()) {
      new Block(block, parser, token, at).write(out, last && at + block.bytes == end);
      token += block.tokens;
      at += block.bytes;
    }
    if (!last) {
      // An empty block that fills up the last byte.
      out.putStored(content, end, end, false);
    }
    return out.toByteArray();
  }

  /** Returns the same, not compressed, so that its length depends on the piece's length alone. */
  public static byte[] store(byte[] content, int start, int end, boolean last) {
    BitWriter out = new BitWriter(end - start);
    out.putStored(content, start, end, last);
    return out.toByteArray();
  }
}
