package io.github.prosodyoci.recipe;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A package that comes out of a recipe.
 *
 * @param name its name
 * @param description one line
 * @param files which of the installed files it takes; none for the main package, which takes the
 *     rest
 * @param runtime what must be installed with it, beside what is found by itself
 * @param provides further names it answers to
 * @param replaces packages whose files it may overwrite
 * @param providerPriority who wins among several providers of a name: the highest; 0 if unsaid
 * @param scripts install scripts by their apk name, such as {@code pre-install}
 * @param where the place in the recipe, as {@code file:line}
 */
public record PackageSpec(
    String name,
    String description,
    List<Glob> files,
    List<String> runtime,
    List<String> provides,
    List<String> replaces,
    int providerPriority,
    Map<String, String> scripts,
    String where) {

  /** Copies the lists. */
  public PackageSpec {
    files = List.copyOf(files);
    runtime = List.copyOf(runtime);
    provides = List.copyOf(provides);
    replaces = List.copyOf(replaces);
    scripts = Collections.unmodifiableSortedMap(new TreeMap<>(scripts));
  }
}
