package io.github.prosodyoci.image.compare;

import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.image.compare.Difference.Cause;
import io.github.prosodyoci.image.compare.Difference.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Compares two JSON documents of images, field by field. */
final class DocumentComparison {

  /** What follows from other differences. */
  private static final Pattern DERIVED =
      Pattern.compile(
          "config\\.(digest|size)|layers\\[\\d+]\\.(digest|size|mediaType)|rootfs\\.diff_ids.*");

  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)");

  private DocumentComparison() {}

  /**
   * Returns in which fields they differ, except digests and sizes of layers.
   *
   * @param name what the document is called
   * @throws IOException if one of them is not JSON
   */
  static List<Difference> of(String name, byte[] first, byte[] second) throws IOException {
    SortedMap<String, String> one = fields(name, first);
    SortedMap<String, String> other = fields(name, second);
    Set<String> paths = new TreeSet<>(one.keySet());
    paths.addAll(other.keySet());
    List<Difference> differences = new ArrayList<>();
    for (String path : paths) {
      String a = one.getOrDefault(path, "");
      String b = other.getOrDefault(path, "");
      if (!a.equals(b) && !DERIVED.matcher(path).matches()) {
        boolean times = TIME.matcher(a).matches() && TIME.matcher(b).matches();
        differences.add(
            new Difference(Kind.FIELD, name, "", path, a, b, List.of(), times ? Cause.TIME : null));
      }
    }
    return differences;
  }

  private static SortedMap<String, String> fields(String name, byte[] json) throws IOException {
    SortedMap<String, String> fields = new TreeMap<>();
    add(fields, "", Json.parse("the " + name, json, Object.class));
    return fields;
  }

  private static void add(Map<String, String> fields, String path, @Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, each) -> add(fields, path.isEmpty() ? "" + key : path + "." + key, each));
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        add(fields, path + "[" + i + "]", list.get(i));
      }
    } else {
      fields.put(path, String.valueOf(value));
    }
  }
}
