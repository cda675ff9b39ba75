package io.github.prosodyoci.core.archive.deflate;

/** How often symbols occur among successive tokens, and the number of these and of their bytes. */
final class Histogram {

  /** What describing a code takes, in bits: at first, and for each symbol. Found by measurement. */
  private static final int HEADER = 80;

  private static final int PER_SYMBOL = 3;

  /** Of each symbol; the end of the block, which every block has, is not counted. */
  final int[] counts = new int[Symbols.COUNT];

  int tokens;
  int bytes;

  void add(int token) {
    int length = Symbols.length(token);
    tokens++;
    bytes += Math.max(1, length);
    if (length == 0) {
      counts[token]++;
    } else {
      counts[Symbols.OF_LENGTH[length]]++;
      counts[Symbols.ofDistance(Symbols.distance(token))]++;
    }
  }

  /** Returns the histogram of these tokens and of those that follow them. */
  Histogram plus(Histogram next) {
    Histogram sum = new Histogram();
    for (int i = 0; i < counts.length; i++) {
      sum.counts[i] = counts[i] + next.counts[i];
    }
    sum.tokens = tokens + next.tokens;
    sum.bytes = bytes + next.bytes;
    return sum;
  }

  /** Estimates a block's cost: the entropy of its symbols, or its length if it is stored. */
  long cost() {
    long bits = HEADER;
    long entropy = 0;
    int[] sums = new int[2];
    for (int i = 0; i < Symbols.COUNT; i++) {
      if (counts[i] > 0) {
        sums[i / Symbols.FIRST_DISTANCE] += counts[i];
        entropy -= (long) counts[i] * Costs.log2(counts[i]);
        bits += PER_SYMBOL + (long) counts[i] * Symbols.EXTRA[i];
      }
    }
    for (int sum : sums) {
      entropy += (long) sum * Costs.log2(Math.max(1, sum));
    }
    return Math.min(entropy + bits * Costs.BIT, 8L * bytes * Costs.BIT);
  }
}
