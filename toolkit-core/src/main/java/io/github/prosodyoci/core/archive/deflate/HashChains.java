package io.github.prosodyoci.core.archive.deflate;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Finds matches by chains of positions whose next bytes share a hash (RFC 1951, section 4). */
final class HashChains {

  /** A match as long as this is taken without a look for a better one. */
  private static final int ENOUGH = 128;

  /** How many earlier positions are tried: a sixth fewer make layers 0.1 % longer. */
  private static final int TRIES = 48;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final int HASHED = Integer.BYTES;
  private static final int HASH_BITS = 15;

  /** Odd, and near 2^32 divided by the golden ratio: spreads whatever differs a little. */
  private static final int GOLDEN = 0x9e37_79b1;

  private final byte[] content;
  private final int first;
  private final int end;
  private final Costs costs;
  private int next;
  private final int[] newest = new int[1 << HASH_BITS];
  private final int[] older = new int[DeflateEncoder.WINDOW];

  /** The same for three bytes, without a chain: farther ones are rarely worth their distance. */
  private final int[] newestOfThree = new int[1 << HASH_BITS];

  HashChains(byte[] content, int start, int end, Costs costs) {
    this.content = content;
    this.end = end;
    this.costs = costs;
    first = Math.max(0, start - DeflateEncoder.WINDOW);
    Arrays.fill(newest, -1);
    Arrays.fill(newestOfThree, -1);
    next = first;
    insertUntil(start);
  }

  private void insertUntil(int to) {
    for (; next < to && next <= end - HASHED; next++) {
      int bytes = (int) INT.get(content, next);
      older[next & (DeflateEncoder.WINDOW - 1)] = newest[hash(bytes)];
      newest[hash(bytes)] = next;
      newestOfThree[hash(bytes << Byte.SIZE)] = next;
    }
  }

  private static int hash(int bytes) {
    return (bytes * GOLDEN) >>> (Integer.SIZE - HASH_BITS);
  }

  /**
   * Returns the match of most gain at a position after all those asked for before, if it is longer
   * than {@code beaten} and costs less than literals, or 0.
   */
  int search(int at, int beaten) {
    int longest = Math.min(Symbols.MAX_MATCH, end - at);
    if (longest < HASHED) {
      return 0;
    }
    insertUntil(at);
    int bytes = (int) INT.get(content, at);
    int near = newestOfThree[hash(bytes << Byte.SIZE)];
    int oldest = Math.max(first, at - DeflateEncoder.WINDOW);
    int match = 0;
    int length = Math.max(HASHED - 1, beaten);
    int tries = TRIES;
    int old = newest[hash(bytes)];
    while (old >= oldest && tries > 0 && length < Math.min(ENOUGH, longest)) {
      // What a longer match ends with, as far as it is known; few positions share that.
      int tail = length + 1 - HASHED;
      if ((int) INT.get(content, old + tail) == (int) INT.get(content, at + tail)) {
        int common = Arrays.mismatch(content, old, old + longest, content, at, at + longest);
        common = common < 0 ? longest : common;
        if (common > length) {
          length = common;
          int found = (common << 16) | (at - old);
          match = match == 0 || costs.gain(found) > costs.gain(match) ? found : match;
        }
      }
      old = older[old & (DeflateEncoder.WINDOW - 1)];
      tries--;
    }
    boolean three = near >= oldest && ((int) INT.get(content, near) ^ bytes) << Byte.SIZE == 0;
    if (match == 0 && beaten < Symbols.MIN_MATCH && three) {
      match = (Symbols.MIN_MATCH << 16) | (at - near);
    }
    return match != 0 && costs.isWorthwhile(match, content, at) ? match : 0;
  }
}
