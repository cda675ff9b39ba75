package io.github.prosodyoci.core.archive.deflate;

/** What the parser expects tokens to cost, from those it chose before, in parts of a bit. */
final class Costs {

  /** So many make a bit. */
  static final int BIT = 1 << 16;

  private static final int[] LOG = new int[1 << 12];

  static {
    // Other than Math.log, StrictMath.log is the same everywhere.
    for (int i = 1; i < LOG.length; i++) {
      LOG[i] = (int) StrictMath.round(StrictMath.log(i) / StrictMath.log(2) * BIT);
    }
  }

  private final int[] counts = new int[Symbols.COUNT];
  private final int[] costs = new int[Symbols.COUNT];
  private int bytes;
  private int perByte = 4 * BIT;

  /** Starts with the fixed code, and with half of the content's bits. */
  Costs() {
    for (int i = 0; i < costs.length; i++) {
      costs[i] = (Block.FIXED_LENGTHS[i] + Symbols.EXTRA[i]) * BIT;
    }
  }

  /** Returns the binary logarithm of a positive number. */
  static int log2(int number) {
    int shift = Math.max(0, 20 - Integer.numberOfLeadingZeros(number));
    return LOG[number >>> shift] + shift * BIT;
  }

  /** Adapts the costs to the latest tokens; with each call, earlier ones weigh half as much. */
  void learn(Histogram chunk) {
    int[] sums = new int[2];
    for (int i = 0; i < costs.length; i++) {
      counts[i] = counts[i] / 2 + chunk.counts[i];
      sums[i / Symbols.FIRST_DISTANCE] += counts[i];
    }
    long all = 0;
    for (int i = 0; i < costs.length; i++) {
      // A symbol that did not occur counts as half a time.
      int sum = 2 * sums[i / Symbols.FIRST_DISTANCE] + 1;
      costs[i] = log2(sum) - log2(2 * counts[i] + 1) + Symbols.EXTRA[i] * BIT;
      all += (long) counts[i] * costs[i];
    }
    bytes = bytes / 2 + chunk.bytes;
    perByte = (int) (all / bytes);
  }

  /**
   * Returns what a token saves against the average cost of as many bytes, by which matches that end
   * in different places are compared.
   */
  int gain(int token) {
    return Math.max(1, Symbols.length(token)) * perByte - cost(token);
  }

  /** Returns whether a match costs less than its bytes would as literals. */
  boolean isWorthwhile(int match, byte[] content, int at) {
    int left = cost(match);
    for (int i = at; i < at + Symbols.length(match) && left > 0; i++) {
      left -= costs[content[i] & 0xff];
    }
    return left <= 0;
  }

  private int cost(int token) {
    int length = Symbols.length(token);
    return length == 0
        ? costs[token]
        : costs[Symbols.OF_LENGTH[length]] + costs[Symbols.ofDistance(Symbols.distance(token))];
  }
}
