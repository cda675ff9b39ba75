package io.github.prosodyoci.core.archive.deflate;

/**
 * The alphabets of section 3.2.5, one after the other: literals, the end of a block, lengths, and
 * distances. A token is a literal, or a match as {@code length << 16 | distance}.
 */
final class Symbols {

  static final int END_OF_BLOCK = 256;
  static final int FIRST_LENGTH = 257;
  static final int LAST_LENGTH = 285;
  static final int FIRST_DISTANCE = 288;
  static final int COUNT = FIRST_DISTANCE + 30;
  static final int MIN_MATCH = 3;
  static final int MAX_MATCH = 258;

  /** The least length or distance that a symbol means, and how many bits tell how much more. */
  static final int[] BASE = new int[COUNT];

  static final int[] EXTRA = new int[COUNT];
  static final int[] OF_LENGTH = new int[MAX_MATCH + 1];

  static {
    range(FIRST_LENGTH, LAST_LENGTH, MIN_MATCH, 4);
    range(FIRST_DISTANCE, COUNT, 1, 2);
    BASE[LAST_LENGTH] = MAX_MATCH;
    for (int symbol = FIRST_LENGTH; symbol <= LAST_LENGTH; symbol++) {
      for (int length = BASE[symbol]; length <= MAX_MATCH; length++) {
        OF_LENGTH[length] = symbol;
      }
    }
  }

  private Symbols() {}

  /** Fills in symbols of which some have no extra bits, as many one, as many two, and so on. */
  private static void range(int first, int end, int least, int alike) {
    int base = least;
    for (int symbol = first; symbol < end; symbol++) {
      BASE[symbol] = base;
      EXTRA[symbol] = Math.max(0, (symbol - first) / alike - 1);
      base += 1 << EXTRA[symbol];
    }
  }

  /** Returns a token's length; 0 for a literal. */
  static int length(int token) {
    return token >>> 16;
  }

  static int distance(int token) {
    return token & 0xffff;
  }

  /** Of all distances with the same leading bit, counted from 0, the next bit makes two halves. */
  static int ofDistance(int distance) {
    int more = distance - 1;
    int log = 31 - Integer.numberOfLeadingZeros(more | 1);
    return FIRST_DISTANCE + (log == 0 ? more : 2 * log + ((more >>> (log - 1)) & 1));
  }
}
