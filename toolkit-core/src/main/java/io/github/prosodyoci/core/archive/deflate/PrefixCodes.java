package io.github.prosodyoci.core.archive.deflate;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Makes canonical prefix codes (RFC 1951, section 3.2.2). */
final class PrefixCodes {

  static final int MAX_LENGTH = 15;

  private PrefixCodes() {}

  /**
   * Returns the lengths of a shortest code for symbols of such counts, none longer than a limit, by
   * the package-merge algorithm (Larmore and Hirschberg, 1990). At least two symbols get a code, as
   * some decoders refuse one that gives a sequence of bits no meaning.
   */
  static int[] lengths(int[] counts, int limit) {
    boolean tooFew = Arrays.stream(counts).filter(count -> count > 0).count() < 2;
    long[] leaves =
        IntStream.range(0, counts.length)
            .filter(i -> counts[i] > 0 || (tooFew && i < 2))
            .mapToLong(i -> ((long) counts[i] << 16) | i)
            .sorted()
            .toArray();
    // Of each level, which of its items, in ascending order, are leaves; the others are packages.
    boolean[][] isLeaf = new boolean[limit][];
    long[] items = new long[0];
    for (int level = 0; level < limit; level++) {
      long[] merged = new long[leaves.length + items.length / 2];
      isLeaf[level] = new boolean[merged.length];
      int leaf = 0;
      for (int i = 0; i < merged.length; i++) {
        int pair = 2 * (i - leaf);
        long pack = pair + 1 < items.length ? items[pair] + items[pair + 1] : Long.MAX_VALUE;
        isLeaf[level][i] = leaf < leaves.length && leaves[leaf] >>> 16 <= pack;
        merged[i] = isLeaf[level][i] ? leaves[leaf] >>> 16 : pack;
        leaf += isLeaf[level][i] ? 1 : 0;
      }
      items = merged;
    }
    int[] lengths = new int[counts.length];
    int taken = 2 * leaves.length - 2;
    for (int level = limit - 1; level >= 0; level--) {
      int leaf = 0;
      for (int i = 0; i < taken; i++) {
        if (isLeaf[level][i]) {
          lengths[(int) leaves[leaf] & 0xffff]++;
          leaf++;
        }
      }
      taken = 2 * (taken - leaf);
    }
    return lengths;
  }

  /** Returns the number of bits of symbols that occur so often, with the extra bits of each. */
  static long cost(int[] counts, int[] lengths, int[] extra) {
    long cost = 0;
    for (int i = 0; i < counts.length; i++) {
      cost += (long) counts[i] * (lengths[i] + extra[i]);
    }
    return cost;
  }

  /** Returns the codes, reversed, as they are written from their most significant bit on. */
  static int[] codes(int[] lengths) {
    int[] codes = new int[lengths.length];
    int code = 0;
    for (int length = 1; length <= MAX_LENGTH; length++) {
      for (int symbol = 0; symbol < lengths.length; symbol++) {
        if (lengths[symbol] == length) {
          codes[symbol] = Integer.reverse(code) >>> (Integer.SIZE - length);
          code++;
        }
      }
      code <<= 1;
    }
    return codes;
  }
}
