package io.github.prosodyoci.core.archive.deflate;

import java.util.Arrays;

/**
 * The lengths of a block's two codes, as they precede its content (RFC 1951, section 3.2.7). All
 * are written: to leave out unused ones at the end would save about a byte.
 */
final class CodeHeader {

  /** The order in which the lengths of the code for lengths are written. */
  private static final int[] ORDER = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
  };

  /** Repeats a length 3 to 6 times; the next two symbols are 3 to 10 and 11 to 138 zeros. */
  private static final int REPEAT = 16;

  private static final int[] EXTRA = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 7};
  private static final int SYMBOLS = Symbols.LAST_LENGTH + 1;
  private static final int DISTANCES = Symbols.COUNT - Symbols.FIRST_DISTANCE;

  /** Each {@code extra << 8 | symbol}. */
  private final int[] items = new int[Symbols.COUNT];

  private int size;
  private final int[] counts = new int[ORDER.length];
  private final int[] code;

  CodeHeader(int[] lengths) {
    int[] all = Arrays.copyOf(lengths, SYMBOLS + DISTANCES);
    System.arraycopy(lengths, Symbols.FIRST_DISTANCE, all, SYMBOLS, DISTANCES);
    int run;
    for (int from = 0; from < all.length; from += run) {
      int length = all[from];
      int most = length == 0 ? 138 : from > 0 && all[from - 1] == length ? 6 : 1;
      run = 1;
      while (run < most && from + run < all.length && all[from + run] == length) {
        run++;
      }
      run = run < 3 ? 1 : run;
      int repeat = length > 0 ? REPEAT : run <= 10 ? REPEAT + 1 : REPEAT + 2;
      int symbol = run == 1 ? length : repeat;
      items[size] = run == 1 ? length : ((run - (run <= 10 ? 3 : 11)) << 8) | symbol;
      counts[symbol]++;
      size++;
    }
    code = PrefixCodes.lengths(counts, 7);
  }

  /** Returns how many bits are written. */
  long cost() {
    return 14 + 3L * ORDER.length + PrefixCodes.cost(counts, code, EXTRA);
  }

  void write(BitWriter out) {
    out.put(SYMBOLS - 257, 5);
    out.put(DISTANCES - 1, 5);
    out.put(ORDER.length - 4, 4);
    for (int symbol : ORDER) {
      out.put(code[symbol], 3);
    }
    int[] codes = PrefixCodes.codes(code);
    for (int i = 0; i < size; i++) {
      int symbol = items[i] & 0xff;
      out.put(codes[symbol], code[symbol]);
      out.put(items[i] >>> 8, EXTRA[symbol]);
    }
  }
}
