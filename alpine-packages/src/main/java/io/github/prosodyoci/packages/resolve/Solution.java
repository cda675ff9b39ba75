package io.github.prosodyoci.packages.resolve;

import io.github.prosodyoci.packages.apk.Dependency;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a world needs.
 *
 * @param packages the packages in the order of installation: what a package needs comes before it
 * @param roots the names of the packages that meet each entry of the world, by the entry's text
 */
public record Solution(List<Selected> packages, Map<String, List<String>> roots) {

  /** Copies list and map. */
  public Solution {
    packages = List.copyOf(packages);
    roots = Collections.unmodifiableMap(new TreeMap<>(roots));
  }

  /** Returns a chosen package by its name. */
  public Optional<Selected> find(String name) {
    return packages.stream().filter(selected -> selected.name().equals(name)).findFirst();
  }

  /** Returns the names of the packages that meet an entry of the world. */
  public List<String> roots(Dependency entry) {
    return roots.getOrDefault(entry.toString(), List.of());
  }
}
