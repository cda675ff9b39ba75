package io.github.prosodyoci.packages.index;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.packages.PackageCode;

/**
 * How much an index may hold, so that reading it ends with an error and not without memory.
 *
 * @param content the most bytes
 * @param records the most packages
 * @param dependencies the most dependencies of all packages
 * @param different the most different dependencies
 */
record IndexLimits(int content, int records, int dependencies, int different) {

  private static final int MAX_CONTENT = 128 << 20;

  /** Returns what fits in some bytes of memory; Alpine's largest index fits in 64 MB. */
  static IndexLimits of(long memory) {
    return new IndexLimits(
        (int) Math.min(MAX_CONTENT, memory / 4),
        (int) Math.min(1_000_000, memory / 1_500),
        (int) Math.min(10_000_000, memory / 60),
        (int) Math.min(1_000_000, memory / 500));
  }

  /**
   * Checks a number.
   *
   * @throws io.github.prosodyoci.core.FailureException if it is too high ({@code limit})
   */
  static void check(long found, int limit, String where, String what) {
    if (found > limit) {
      throw Failure.of(PackageCode.LIMIT, "read", where, "it has more than " + limit + " " + what)
          .advising(
              "If it is to be trusted, give Java more memory: MAVEN_OPTS=-Xmx1g, for example.")
          .toException();
    }
  }
}
