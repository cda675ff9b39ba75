package io.github.prosodyoci.compile;

import io.github.prosodyoci.compile.report.PackagesReport;
import java.util.List;

/**
 * The result of a build.
 *
 * @param reports what was written to {@code packages.json}, for each platform in its order
 * @param builtRecipes how many recipes were built, those of host programs included
 * @param cachedRecipes how many recipes had their packages in the cache
 */
public record CompileResult(List<PackagesReport> reports, int builtRecipes, int cachedRecipes) {

  /** Copies the list. */
  public CompileResult {
    reports = List.copyOf(reports);
  }

  /** Returns the number of packages, those for all platforms together. */
  public int packages() {
    return reports.stream()
        .flatMap(report -> report.recipes().stream())
        .mapToInt(recipe -> recipe.packages().size())
        .sum();
  }
}
