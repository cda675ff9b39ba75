package io.github.prosodyoci.recipe;

import io.github.prosodyoci.core.Place;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A package that a recipe makes.
 *
 * @param name its name
 * @param description one line
 * @param files globs of the installed files it takes, relative to the root; none for the main
 *     package, which takes the rest
 * @param runtime dependencies beside those that are found in its files
 * @param provides names it provides beside its own
 * @param replaces packages whose files it may overwrite
 * @param providerPriority the provider of a name with the highest wins; 0 by default
 * @param scripts install scripts by their apk name, such as {@code pre-install}
 * @param where its line in the recipe
 */
public record PackageSpec(
    String name,
    String description,
    List<String> files,
    List<String> runtime,
    List<String> provides,
    List<String> replaces,
    int providerPriority,
    Map<String, String> scripts,
    Place where) {

  /** Makes it immutable. */
  public PackageSpec {
    files = List.copyOf(files);
    runtime = List.copyOf(runtime);
    provides = List.copyOf(provides);
    replaces = List.copyOf(replaces);
    scripts = Collections.unmodifiableSortedMap(new TreeMap<>(scripts));
  }
}
