package io.github.prosodyoci.compile;

import io.github.prosodyoci.compile.report.PackagesReport;

/**
 * The result of a build.
 *
 * @param report what was written to {@code packages.json}
 * @param builtRecipes how many recipes were built, those of host programs included
 * @param cachedRecipes how many recipes had their packages in the cache
 */
public record CompileResult(PackagesReport report, int builtRecipes, int cachedRecipes) {

  /** Returns the number of packages. */
  public int packages() {
    return report.recipes().stream().mapToInt(recipe -> recipe.packages().size()).sum();
  }
}
