package io.github.prosodyoci.recipe;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.recipe.yaml.YamlMap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All recipes of a build, and the build root that their steps run with.
 *
 * @param recipes the recipes, by name
 * @param buildRoot the build root, if one is declared
 */
public record RecipeBook(List<Recipe> recipes, Optional<BuildRootSpec> buildRoot) {

  /** Makes it immutable. */
  public RecipeBook {
    recipes = List.copyOf(recipes);
  }

  /**
   * Returns the recipes and the build root in some files and folders; plain lists of sources are
   * left out.
   *
   * @throws FailureException if a file is malformed, missing or unreadable ({@link
   *     RecipeDocument#readAll}), or two recipes make the same package ({@link
   *     RecipeCode#DUPLICATE_PACKAGE})
   */
  public static RecipeBook read(List<Path> filesAndFolders) {
    List<Recipe> recipes = new ArrayList<>();
    BuildRootSpec buildRoot = null;
    for (RecipeDocument document : RecipeDocument.readAll(filesAndFolders)) {
      YamlMap root = document.root();
      if (root.find("build-root").isPresent()) {
        buildRoot = buildRoot(document, buildRoot);
      } else if (root.find("package").isPresent() || root.find("pipeline").isPresent()) {
        recipes.add(document.recipe());
      } else if (root.find("sources").isEmpty()) {
        throw root.error("the key 'package' is missing");
      }
    }
    recipes.sort(Comparator.comparing(Recipe::name));
    RecipeBook book = new RecipeBook(recipes, Optional.ofNullable(buildRoot));
    book.owners();
    return book;
  }

  private static BuildRootSpec buildRoot(RecipeDocument document, @Nullable BuildRootSpec other) {
    YamlMap root = document.root().rejectUnknown(Set.of("build-root", "sources"));
    YamlMap map = root.map("build-root").rejectUnknown(Set.of("name", "version"));
    if (other != null) {
      throw map.error("there is another build root at " + other.where());
    }
    return new BuildRootSpec(
        map.text("name"), map.text("version"), document.sources(), map.where());
  }

  /**
   * Returns which recipe makes which package.
   *
   * @throws FailureException with {@link RecipeCode#DUPLICATE_PACKAGE} if two make the same
   */
  public Map<String, Recipe> owners() {
    Map<String, Recipe> owners = new HashMap<>();
    Map<String, PackageSpec> specs = new HashMap<>();
    for (Recipe recipe : recipes) {
      for (PackageSpec spec : recipe.packages()) {
        PackageSpec other = specs.put(spec.name(), spec);
        if (other != null) {
          throw Failure.of(
                  RecipeCode.DUPLICATE_PACKAGE,
                  "read",
                  "the recipes",
                  "the package " + spec.name() + " is made at " + other.where() + " too")
              .at(spec.where())
              .toException();
        }
        owners.put(spec.name(), recipe);
      }
    }
    return owners;
  }
}
