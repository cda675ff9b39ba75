package io.github.prosodyoci.archive.deflate;

/**
 * What a deflate block with Huffman codes of its own begins with: the lengths of the codes, in a
 * code of their own (RFC 1951, 3.2.7).
 */
final class DeflateHeader {

  private static final int[] ORDER = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
  };
  private static final int REPEAT = 16;
  private static final int ZEROS = 17;
  private static final int MANY_ZEROS = 18;
  private static final int[] EXTRA_BITS = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 7};
  private static final int MAX_BITS = 7;

  private static final int MIN_LITERALS = 257;
  private static final int MIN_DISTANCES = 1;
  private static final int MIN_LENGTHS = 4;

  private final int literals;
  private final int distances;
  private final int[] symbols;
  private final int[] extras;
  private final int[] counts = new int[ORDER.length];
  private final HuffmanCode code;
  private final int written;
  private int count;

  DeflateHeader(HuffmanCode literalCode, HuffmanCode distanceCode) {
    literals = literalCode.size(MIN_LITERALS);
    distances = distanceCode.size(MIN_DISTANCES);
    int[] lengths = new int[literals + distances];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = i < literals ? literalCode.length(i) : distanceCode.length(i - literals);
    }
    symbols = new int[lengths.length];
    extras = new int[lengths.length];
    int at = 0;
    while (at < lengths.length) {
      int end = at + 1;
      while (end < lengths.length && lengths[end] == lengths[at]) {
        end++;
      }
      addRun(lengths[at], end - at);
      at = end;
    }
    code = HuffmanCode.of(counts, MAX_BITS);
    int last = ORDER.length;
    while (last > MIN_LENGTHS && code.length(ORDER[last - 1]) == 0) {
      last--;
    }
    written = last;
  }

  private void addRun(int length, int run) {
    int left = run;
    if (length == 0) {
      for (; left >= 11; left -= Math.min(left, 138)) {
        add(MANY_ZEROS, Math.min(left, 138) - 11);
      }
      if (left >= 3) {
        add(ZEROS, left - 3);
        left = 0;
      }
    } else {
      add(length, 0);
      left--;
      for (; left >= 3; left -= Math.min(left, 6)) {
        add(REPEAT, Math.min(left, 6) - 3);
      }
    }
    for (; left > 0; left--) {
      add(length, 0);
    }
  }

  private void add(int symbol, int extra) {
    symbols[count] = symbol;
    extras[count++] = extra;
    counts[symbol]++;
  }

  /** Returns how many bits it takes. */
  int cost() {
    int extraBits = 0;
    for (int symbol = 0; symbol < counts.length; symbol++) {
      extraBits += counts[symbol] * EXTRA_BITS[symbol];
    }
    return 14 + 3 * written + code.cost(counts) + extraBits;
  }

  void write(BitWriter out) {
    out.add(literals - MIN_LITERALS, 5);
    out.add(distances - MIN_DISTANCES, 5);
    out.add(written - MIN_LENGTHS, 4);
    for (int i = 0; i < written; i++) {
      out.add(code.length(ORDER[i]), 3);
    }
    for (int i = 0; i < count; i++) {
      code.write(symbols[i], out);
      out.add(extras[i], EXTRA_BITS[symbols[i]]);
    }
  }
}
