package io.github.prosodyoci.archive.deflate;

import java.util.Arrays;

/**
 * A prefix code as deflate uses them: it is given by the lengths of its codes (RFC 1951, 3.2.2).
 */
final class HuffmanCode {

  private static final int SYMBOL_BITS = 16;
  private static final int SYMBOL = (1 << SYMBOL_BITS) - 1;

  private final byte[] lengths;
  private final short[] codes;

  /** Creates the code that some lengths give; 0 for a symbol without a code. */
  HuffmanCode(byte[] lengths) {
    this.lengths = lengths;
    this.codes = codes(lengths);
  }

  /**
   * Returns a complete code under which some content is as short as under any other, or, where that
   * would take codes longer than {@code maxLength}, nearly so.
   *
   * @param frequencies how often each symbol stands in the content
   */
  static HuffmanCode of(int[] frequencies, int maxLength) {
    long[] used = used(frequencies);
    int[] depths = depths(used);
    int[] counts = new int[maxLength + 1];
    for (int depth : depths) {
      counts[Math.min(depth, maxLength)]++;
    }
    complete(counts);
    byte[] lengths = new byte[frequencies.length];
    int rarest = 0;
    for (int length = maxLength; length > 0; length--) {
      for (int i = 0; i < counts[length]; i++) {
        lengths[(int) used[rarest++] & SYMBOL] = (byte) length;
      }
    }
    return new HuffmanCode(lengths);
  }

  /**
   * Returns the symbols that stand in the content, the rarest first, each with its frequency above
   * it; two at least, as a code of one symbol is not complete.
   */
  private static long[] used(int[] frequencies) {
    long[] used = new long[Math.max(2, frequencies.length)];
    int count = 0;
    for (int symbol = 0; symbol < frequencies.length; symbol++) {
      if (frequencies[symbol] > 0) {
        used[count++] = ((long) frequencies[symbol] << SYMBOL_BITS) | symbol;
      }
    }
    for (int symbol = 0; count < 2; symbol++) {
      if (frequencies[symbol] == 0) {
        used[count++] = (1L << SYMBOL_BITS) | symbol;
      }
    }
    long[] sorted = Arrays.copyOf(used, count);
    Arrays.sort(sorted);
    return sorted;
  }

  /**
   * Returns how deep each symbol lies in Huffman's tree, the rarest first. Leaves and inner nodes
   * both come in the order of their weight, so that two queues do (van Leeuwen, 1976).
   */
  private static int[] depths(long[] used) {
    int leaves = used.length;
    long[] weights = new long[2 * leaves - 1];
    int[] parents = new int[2 * leaves - 1];
    for (int i = 0; i < leaves; i++) {
      weights[i] = used[i] >>> SYMBOL_BITS;
    }
    int leaf = 0;
    int inner = leaves;
    for (int node = leaves; node < weights.length; node++) {
      for (int child = 0; child < 2; child++) {
        boolean takeLeaf = leaf < leaves && (inner == node || weights[leaf] <= weights[inner]);
        int taken = takeLeaf ? leaf++ : inner++;
        weights[node] += weights[taken];
        parents[taken] = node;
      }
    }
    int[] depths = new int[weights.length];
    for (int node = weights.length - 2; node >= 0; node--) {
      depths[node] = depths[parents[node]] + 1;
    }
    return Arrays.copyOf(depths, leaves);
  }

  /**
   * Lengthens as many short codes as it takes, after the longest were cut, for all to be told apart
   * (Kraft's inequality): one code of the greatest length below the limit makes room for another
   * beside it.
   *
   * @param counts how many codes there are of each length
   */
  private static void complete(int[] counts) {
    int max = counts.length - 1;
    int sum = 0;
    for (int length = 1; length <= max; length++) {
      sum += counts[length] << (max - length);
    }
    for (; sum > 1 << max; sum--) {
      counts[max]--;
      int length = max - 1;
      while (counts[length] == 0) {
        length--;
      }
      counts[length]--;
      counts[length + 1] += 2;
    }
  }

  private static short[] codes(byte[] lengths) {
    int[] next = new int[Short.SIZE + 1];
    for (byte length : lengths) {
      next[length + 1] += length > 0 ? 1 : 0;
    }
    for (int length = 1; length <= Short.SIZE; length++) {
      next[length] = (next[length] + next[length - 1]) << 1;
    }
    short[] codes = new short[lengths.length];
    for (int symbol = 0; symbol < codes.length; symbol++) {
      int length = lengths[symbol];
      if (length > 0) {
        // Codes are packed from their highest bit on, all else from its lowest.
        codes[symbol] = (short) (Integer.reverse(next[length]++) >>> (Integer.SIZE - length));
      }
    }
    return codes;
  }

  /** Returns how long a symbol's code is, in bits; 0 if it has none. */
  int length(int symbol) {
    return lengths[symbol];
  }

  /** Returns how many symbols there are up to the last that has a code, but no fewer than asked. */
  int size(int least) {
    int size = lengths.length;
    while (size > least && lengths[size - 1] == 0) {
      size--;
    }
    return size;
  }

  /** Returns how many bits it takes to write content with some frequencies. */
  int cost(int[] frequencies) {
    int bits = 0;
    for (int symbol = 0; symbol < frequencies.length; symbol++) {
      bits += frequencies[symbol] * lengths[symbol];
    }
    return bits;
  }

  void write(int symbol, BitWriter out) {
    out.add(codes[symbol] & SYMBOL, lengths[symbol]);
  }
}
