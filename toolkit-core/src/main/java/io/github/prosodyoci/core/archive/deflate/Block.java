package io.github.prosodyoci.core.archive.deflate;

import java.util.Arrays;
import java.util.function.UnaryOperator;

/** A block, and where it begins in the piece's tokens and content. */
record Block(Histogram histogram, Parser piece, int first, int at) {

  /** The lengths of the fixed codes (section 3.2.6). */
  static final int[] FIXED_LENGTHS = new int[Symbols.COUNT];

  private static final int FIXED = 1;
  private static final int DYNAMIC = 2;

  static {
    Arrays.fill(FIXED_LENGTHS, 0, 144, 8);
    Arrays.fill(FIXED_LENGTHS, 144, 256, 9);
    Arrays.fill(FIXED_LENGTHS, 256, 280, 7);
    Arrays.fill(FIXED_LENGTHS, 280, Symbols.FIRST_DISTANCE, 8);
    Arrays.fill(FIXED_LENGTHS, Symbols.FIRST_DISTANCE, Symbols.COUNT, 5);
  }

  /** Writes the block in the shortest of three ways (RFC 1951, section 3.2.3). */
  void write(BitWriter out, boolean last) {
    int[] counts = histogram.counts.clone();
    counts[Symbols.END_OF_BLOCK] = 1;
    int[] lengths = twice(counts, each -> PrefixCodes.lengths(each, PrefixCodes.MAX_LENGTH));
    CodeHeader header = new CodeHeader(lengths);
    long dynamic = header.cost() + PrefixCodes.cost(counts, lengths, Symbols.EXTRA);
    long fixed = PrefixCodes.cost(counts, FIXED_LENGTHS, Symbols.EXTRA);
    // A stored block begins with up to 7 bits that fill a byte up, and with two lengths.
    long stored = 8L * histogram.bytes + (1 + histogram.bytes / BitWriter.MAX_STORED) * 39L;
    if (stored < Math.min(fixed, dynamic)) {
      out.putStored(piece.content, at, at + histogram.bytes, last);
      return;
    }
    out.put(last ? 1 : 0, 1);
    out.put(fixed <= dynamic ? FIXED : DYNAMIC, 2);
    if (fixed > dynamic) {
      header.write(out);
    }
    writeTokens(fixed <= dynamic ? FIXED_LENGTHS : lengths, out);
  }

  /** Returns what a function makes of the part for literals and lengths and that for distances. */
  private static int[] twice(int[] both, UnaryOperator<int[]> function) {
    int border = Symbols.FIRST_DISTANCE;
    int[] result = Arrays.copyOf(function.apply(Arrays.copyOf(both, border)), both.length);
    int[] distances = function.apply(Arrays.copyOfRange(both, border, both.length));
    System.arraycopy(distances, 0, result, border, distances.length);
    return result;
  }

  private void writeTokens(int[] lengths, BitWriter out) {
    int[] codes = twice(lengths, PrefixCodes::codes);
    for (int i = first; i < first + histogram.tokens; i++) {
      int length = Symbols.length(piece.tokens[i]);
      int symbol = length == 0 ? piece.tokens[i] : Symbols.OF_LENGTH[length];
      out.put(codes[symbol], lengths[symbol]);
      if (length > 0) {
        out.put(length - Symbols.BASE[symbol], Symbols.EXTRA[symbol]);
        int distance = Symbols.distance(piece.tokens[i]);
        symbol = Symbols.ofDistance(distance);
        out.put(codes[symbol], lengths[symbol]);
        out.put(distance - Symbols.BASE[symbol], Symbols.EXTRA[symbol]);
      }
    }
    out.put(codes[Symbols.END_OF_BLOCK], lengths[Symbols.END_OF_BLOCK]);
  }
}
