package io.github.prosodyoci.update;

import io.github.prosodyoci.recipe.yaml.YamlMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The vulnerabilities that a recipe accounts for: those in the names of its patches, and those that
 * its {@code security} entries call fixed or not affected (docs/recipes.md, "Vulnerabilities").
 */
final class KnownFixes {

  private static final Pattern CVE = Pattern.compile("CVE-[0-9]{4}-[0-9]{4,7}");

  private KnownFixes() {}

  static Set<String> of(YamlMap root) {
    Set<String> known = new TreeSet<>();
    for (String patch : root.texts("patches")) {
      CVE.matcher(patch).results().forEach(found -> known.add(found.group()));
    }
    for (YamlMap entry : root.maps("security")) {
      if (!entry.text("status").equals("affected")) {
        known.add(entry.text("cve"));
      }
    }
    return known;
  }
}
