package io.github.prosodyoci.compile.split;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.recipe.PackageSpec;
import io.github.prosodyoci.recipe.Recipe;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The division of the installed files among packages.
 *
 * @param files the files of each package, the main one first
 */
public record PackageSplit(Map<PackageSpec, List<InstalledFile>> files) {

  /**
   * Returns the split that a recipe describes: a file belongs to the first subpackage with a
   * matching pattern, or else to the main package.
   *
   * @throws io.github.prosodyoci.core.FailureException if a subpackage gets no file
   */
  public static PackageSplit of(Recipe recipe, List<InstalledFile> installed) {
    Map<PackageSpec, List<InstalledFile>> files = new LinkedHashMap<>();
    recipe.packages().forEach(spec -> files.put(spec, new ArrayList<>()));
    Map<PackageSpec, List<PathMatcher>> patterns = new LinkedHashMap<>();
    recipe.subpackages().forEach(spec -> patterns.put(spec, matchers(spec)));
    for (InstalledFile file : installed) {
      Path path = Path.of(file.path());
      PackageSpec owner =
          patterns.entrySet().stream()
              .filter(each -> each.getValue().stream().anyMatch(glob -> glob.matches(path)))
              .map(Map.Entry::getKey)
              .findFirst()
              .orElse(recipe.main());
      files.computeIfAbsent(owner, spec -> new ArrayList<>()).add(file);
    }
    for (PackageSpec spec : recipe.subpackages()) {
      if (files.getOrDefault(spec, List.of()).isEmpty()) {
        throw Failure.of(
                CompileCode.PACKAGING,
                "package",
                recipe.name(),
                "the package "
                    + spec.name()
                    + " is empty: of "
                    + installed.size()
                    + " installed files, none that no earlier package has matches "
                    + spec.files())
            .at(spec.where())
            .advising("Correct its patterns, or remove it.")
            .toException();
      }
    }
    return new PackageSplit(files);
  }

  private static List<PathMatcher> matchers(PackageSpec spec) {
    FileSystem files = FileSystems.getDefault();
    return spec.files().stream().map(glob -> files.getPathMatcher("glob:" + glob)).toList();
  }
}
