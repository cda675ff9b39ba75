package io.github.prosodyoci.core.archive.deflate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrefixCodesTest {

  @Property
  void lengths_fillTheCodeAndKeepTheLimit(
      @ForAll @Size(min = 2, max = 286) List<@IntRange(max = 1 << 18) Integer> list) {
    int[] counts = list.stream().mapToInt(Integer::intValue).toArray();
    int[] lengths = PrefixCodes.lengths(counts, 15);
    assertThat(kraftSum(lengths)).isEqualTo(1 << 15);
    for (int i = 0; i < counts.length; i++) {
      assertThat(lengths[i]).isBetween(counts[i] > 0 ? 1 : 0, 15);
    }
  }

  @Property(tries = 300)
  void lengths_ofFewSymbols_areTheBestThereAre(
      @ForAll @Size(min = 2, max = 6) List<@IntRange(min = 1, max = 60) Integer> list,
      @ForAll @IntRange(min = 3, max = 5) int limit) {
    int[] counts = list.stream().mapToInt(Integer::intValue).toArray();
    int[] lengths = PrefixCodes.lengths(counts, limit);
    assertThat(Arrays.stream(lengths).max().orElseThrow()).isLessThanOrEqualTo(limit);
    assertThat(PrefixCodes.cost(counts, lengths, new int[counts.length]))
        .isEqualTo(least(counts, 0, limit, 1 << limit));
  }

  /** Without a limit, these counts would make a code of 29 bits. */
  @ParameterizedTest
  @ValueSource(ints = {5, 7, 15})
  void lengths_ofFibonacciCounts_keepTheLimit(int limit) {
    int[] counts = new int[30];
    Arrays.fill(counts, 1);
    for (int i = 2; i < counts.length; i++) {
      counts[i] = counts[i - 1] + counts[i - 2];
    }
    int[] lengths = PrefixCodes.lengths(counts, limit);
    assertThat(Arrays.stream(lengths).max()).hasValue(limit);
    assertThat(kraftSum(lengths)).isEqualTo(1 << 15);
  }

  @Test
  void lengths_ofNoSymbolOrOne_areOfACompleteCode() {
    assertThat(PrefixCodes.lengths(new int[4], 15)).containsExactly(1, 1, 0, 0);
    assertThat(PrefixCodes.lengths(new int[] {0, 9, 0}, 15)).containsExactly(1, 1, 0);
    assertThat(PrefixCodes.lengths(new int[] {0, 0, 9}, 15)).containsExactly(2, 2, 1);
  }

  /** The example of RFC 1951, section 3.2.2, each code from its last bit to its first. */
  @Test
  void codes_areThoseOfTheSpecification() {
    assertThat(PrefixCodes.codes(new int[] {3, 3, 3, 3, 3, 2, 4, 4}))
        .containsExactly(0b010, 0b110, 0b001, 0b101, 0b011, 0b00, 0b0111, 0b1111);
  }

  private static int kraftSum(int[] lengths) {
    return Arrays.stream(lengths).filter(length -> length > 0).map(each -> 1 << (15 - each)).sum();
  }

  /**
   * Tries all lengths: what is left of the Kraft sum is counted in codes of the greatest length.
   */
  private static long least(int[] counts, int from, int limit, int left) {
    if (from == counts.length) {
      return 0;
    }
    long least = Integer.MAX_VALUE;
    for (int length = 1; length <= limit; length++) {
      int taken = 1 << (limit - length);
      if (taken <= left) {
        long rest = least(counts, from + 1, limit, left - taken);
        least = Math.min(least, (long) counts[from] * length + rest);
      }
    }
    return least;
  }
}
