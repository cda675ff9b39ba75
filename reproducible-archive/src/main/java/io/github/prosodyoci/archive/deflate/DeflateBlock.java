package io.github.prosodyoci.archive.deflate;

/**
 * Compresses a piece of the content of a deflate stream (RFC 1951). What stands before it is looked
 * at, but need not have been compressed before. It works as zlib does, in the manner of its higher
 * levels: the longest match is taken, unless the next place has a better one.
 */
public final class DeflateBlock {

  /** How far back a match may lie, in bytes: what is worth being given of what stands before. */
  public static final int WINDOW = MatchFinder.WINDOW;

  /** How many places each is compared with; twice as many make the result 0.15 % smaller. */
  private static final int STEPS = 64;

  /** From this length on, a match is taken without looking further. */
  private static final int GOOD_MATCH = 128;

  private final byte[] content;
  private final int start;
  private final int end;
  private final boolean last;
  private final DeflateTokens tokens = new DeflateTokens();
  private final MatchFinder matches;

  private DeflateBlock(byte[] content, int start, int end, boolean last) {
    this.content = content;
    this.start = start;
    this.end = end;
    this.last = last;
    this.matches = new MatchFinder(content, end);
  }

  /**
   * Returns the piece's part of the stream: whole bytes that the next piece's can follow.
   *
   * @param content the array that holds it, and before it what matches may be with
   * @param start where the piece starts
   * @param end where it ends
   * @param last whether the stream ends with it
   */
  public static byte[] deflate(byte[] content, int start, int end, boolean last) {
    return new DeflateBlock(content, start, end, last).deflate();
  }

  /** Returns the piece's part of a stream that does not compress. */
  public static byte[] store(byte[] content, int start, int end, boolean last) {
    BitWriter out = new BitWriter(end - start);
    DeflateTokens.store(content, start, end, last, out);
    return out.toByteArray();
  }

  private byte[] deflate() {
    BitWriter out = new BitWriter((end - start) / 2);
    matches.advance(start);
    int from = start;
    int at = start;
    while (at < end) {
      at = addNext(at);
      if (at < end && tokens.areComplete(at - from)) {
        tokens.write(content, from, at, false, out);
        from = at;
      }
    }
    if (last || from < end) {
      tokens.write(content, from, end, last, out);
    }
    if (!last) {
      // Nothing, stored, ends at a whole byte (RFC 1951, 3.2.4).
      DeflateTokens.store(content, end, end, false, out);
    }
    out.align();
    return out.toByteArray();
  }

  /** Adds what stands at a place; returns the place after it. */
  private int addNext(int at) {
    if (matches.at() != at) {
      matches.find(at, MatchFinder.MIN_MATCH - 1, GOOD_MATCH, STEPS);
    }
    int length = matches.length();
    int distance = matches.distance();
    if (length == 0 || (length < GOOD_MATCH && nextIsBetter(at, length, distance))) {
      tokens.addLiteral(content[at] & 0xff);
      return at + 1;
    }
    tokens.addMatch(length, distance);
    matches.advance(at + length);
    return at + length;
  }

  /** A byte more saves about as much as four bits less of distance; the literal costs too. */
  private boolean nextIsBetter(int at, int length, int distance) {
    matches.find(at + 1, length - 1, GOOD_MATCH, STEPS / 2);
    return matches.length() > 0
        && 4 * (matches.length() - length) + bits(distance) - bits(matches.distance()) > 2;
  }

  private static int bits(int distance) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(distance);
  }
}
