package io.github.prosodyoci.packages.index;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.packages.apk.Dependency;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The dependencies in an index. Most of them stand there many times ({@code
 * so:libc.musl-x86_64.so.1} in half of all records): each is read once, and the same object stands
 * for it everywhere.
 */
final class DependencyTable {

  /** Where a dependency stands, and the next one with the same hash. */
  private record Known(int start, int end, Dependency dependency, @Nullable Known next) {}

  private static final int BUCKETS = 1 << 16;

  private final byte[] text;
  private final @Nullable Known[] buckets;
  private final List<Dependency> list = new ArrayList<>();

  DependencyTable(byte[] text) {
    this.text = text;
    // A small index, as a build's own, needs no large table.
    this.buckets = new @Nullable Known[Math.min(BUCKETS, Integer.highestOneBit(text.length | 1))];
  }

  /**
   * Returns the dependencies between two places in the text, separated by spaces.
   *
   * @throws FailureException if one has a wrong form ({@code bad-name})
   */
  List<Dependency> parseAll(int start, int end) {
    list.clear();
    int from = start;
    int hash = 0;
    for (int at = start; at <= end; at++) {
      if (at == end || text[at] == ' ') {
        if (at > from) {
          list.add(parse(from, at, hash));
        }
        from = at + 1;
        hash = 0;
      } else {
        hash = 31 * hash + text[at];
      }
    }
    return List.copyOf(list);
  }

  private Dependency parse(int start, int end, int hash) {
    int bucket = (hash ^ (hash >>> 16)) & (buckets.length - 1);
    for (Known known = buckets[bucket]; known != null; known = known.next) {
      if (Arrays.equals(text, start, end, text, known.start, known.end)) {
        return known.dependency;
      }
    }
    Dependency dependency =
        Dependency.parse(new String(text, start, end - start, StandardCharsets.UTF_8));
    buckets[bucket] = new Known(start, end, dependency, buckets[bucket]);
    return dependency;
  }
}
