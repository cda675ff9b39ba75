package io.github.prosodyoci.packages.index;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.packages.apk.Dependency;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The dependencies in an index. Most of them stand there many times ({@code
 * so:libc.musl-x86_64.so.1} in half of all records): each is read once, and the same object stands
 * for it everywhere.
 */
final class DependencyTable {

  private final byte[] text;
  private final String where;
  private final IndexLimits limits;

  /** By their text: a map of texts stays fast where they were chosen to have one hash. */
  private final Map<String, Dependency> known = new HashMap<>();

  private final List<Dependency> list = new ArrayList<>();
  private int all;

  DependencyTable(byte[] text, String where, IndexLimits limits) {
    this.text = text;
    this.where = where;
    this.limits = limits;
  }

  /**
   * Returns the dependencies between two places in the text, separated by spaces.
   *
   * @throws FailureException if one has a wrong form ({@code bad-name}), or if there are too many
   *     ({@code limit})
   */
  List<Dependency> parseAll(int start, int end) {
    list.clear();
    int from = start;
    for (int at = start; at <= end; at++) {
      if (at == end || text[at] == ' ') {
        if (at > from) {
          all++;
          IndexLimits.check(all, limits.dependencies(), where, "dependencies");
          list.add(parse(new String(text, from, at - from, StandardCharsets.UTF_8)));
        }
        from = at + 1;
      }
    }
    return List.copyOf(list);
  }

  private Dependency parse(String words) {
    Dependency dependency = known.get(words);
    if (dependency == null) {
      IndexLimits.check(known.size() + 1L, limits.different(), where, "different dependencies");
      dependency = Dependency.parse(words);
      known.put(words, dependency);
    }
    return dependency;
  }
}
