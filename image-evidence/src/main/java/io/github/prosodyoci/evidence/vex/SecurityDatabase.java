package io.github.prosodyoci.evidence.vex;

import io.github.prosodyoci.evidence.input.PackagesJson.Recipe;
import io.github.prosodyoci.evidence.input.PackagesJson.Statement;
import io.github.prosodyoci.evidence.inventory.Component;
import io.github.prosodyoci.evidence.inventory.Inventory;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The JSON of a security database as Alpine and Wolfi publish it beside their repositories: for
 * each recipe, from which version on a vulnerability is fixed.
 *
 * @param archs the architectures of the packages
 * @param reponame what the repository is called
 * @param packages the recipes, by name
 */
public record SecurityDatabase(List<String> archs, String reponame, List<Entry> packages) {

  /** The version of what a package never had. */
  private static final String NEVER = "0";

  /** Copies the lists. */
  public SecurityDatabase {
    archs = List.copyOf(archs);
    packages = List.copyOf(packages);
  }

  /** A recipe. */
  public record Entry(Fixes pkg) {}

  /**
   * What is fixed in a recipe.
   *
   * @param name its name, the origin of its packages
   * @param secfixes the vulnerabilities by the version that fixed them; {@code 0} has those that
   *     never affected it
   */
  public record Fixes(String name, SortedMap<String, SortedSet<String>> secfixes) {}

  /**
   * Returns the database of what was built for an image. The version of a fix is that of the
   * package in the image: it says nothing of older ones. What affects the image is left out, so
   * that scanners report it.
   *
   * @param reponame what the repository is called
   */
  public static SecurityDatabase of(Inventory inventory, String reponame) {
    SortedSet<String> architectures = new TreeSet<>();
    SortedMap<String, Entry> entries = new TreeMap<>();
    for (Component each : inventory.packages()) {
      if (each.recipe().isPresent()) {
        Recipe recipe = each.recipe().get();
        architectures.add(each.installed().architecture());
        SortedMap<String, SortedSet<String>> fixes = fixes(recipe);
        if (!fixes.isEmpty()) {
          entries.put(recipe.name(), new Entry(new Fixes(recipe.name(), fixes)));
        }
      }
    }
    return new SecurityDatabase(
        new ArrayList<>(architectures), reponame, new ArrayList<>(entries.values()));
  }

  private static SortedMap<String, SortedSet<String>> fixes(Recipe recipe) {
    SortedMap<String, SortedSet<String>> fixes = new TreeMap<>();
    for (Statement each : recipe.security()) {
      switch (each.status()) {
        case "fixed" ->
            fixes.computeIfAbsent(recipe.version(), key -> new TreeSet<>()).add(each.cve());
        case "not-affected" -> fixes.computeIfAbsent(NEVER, key -> new TreeSet<>()).add(each.cve());
        default -> {}
      }
    }
    return fixes;
  }
}
