package io.github.prosodyoci.archive.deflate;

import java.util.Arrays;

/**
 * Notices that the content changes its kind, so that new Huffman codes pay. It counts a few coarse
 * sorts of tokens, and compares the latest with those of the block before them, as libdeflate does.
 */
final class TokenMix {

  private static final int SORTS = 10;
  private static final int SHORT_MATCH = 8;
  private static final int LONG_MATCH = 9;
  private static final int LONG = 9;

  /** How many tokens are compared with those before. */
  private static final int BATCH = 512;

  /** Shorter blocks, in bytes, seldom pay for their codes. */
  private static final int MIN_LENGTH = 5000;

  private final int[] before = new int[SORTS];
  private final int[] latest = new int[SORTS];
  private int countBefore;
  private int countLatest;

  void addLiteral(int value) {
    latest[((value >> 5) & 6) | (value & 1)]++;
    countLatest++;
  }

  void addMatch(int length) {
    latest[length < LONG ? SHORT_MATCH : LONG_MATCH]++;
    countLatest++;
  }

  /**
   * Returns whether the latest tokens differ much from those before; asked after each.
   *
   * @param length the block's length so far, in bytes
   */
  boolean hasChanged(int length) {
    if (countLatest < BATCH) {
      return false;
    }
    boolean changed = countBefore > 0 && length >= MIN_LENGTH && differ(length);
    for (int i = 0; i < SORTS; i++) {
      before[i] += latest[i];
    }
    countBefore += countLatest;
    Arrays.fill(latest, 0);
    countLatest = 0;
    return changed;
  }

  private boolean differ(int length) {
    long difference = 0;
    for (int i = 0; i < SORTS; i++) {
      difference += Math.abs((long) before[i] * countLatest - (long) latest[i] * countBefore);
    }
    long limit = (long) countLatest * 200 / 512 * countBefore;
    // The longer the block, the less its codes cost.
    return difference + (long) (length / 4096) * countBefore >= limit;
  }

  void clear() {
    Arrays.fill(before, 0);
    Arrays.fill(latest, 0);
    countBefore = 0;
    countLatest = 0;
  }
}
