package io.github.prosodyoci.recipe;

import io.github.prosodyoci.recipe.yaml.YamlMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All recipes of a build, by name, and the toolchain that serves them.
 *
 * @param recipes the recipes, by name
 * @param toolchain the toolchain, if one is declared
 */
public record RecipeBook(List<Recipe> recipes, Optional<ToolchainSpec> toolchain) {

  /** Copies the list. */
  public RecipeBook {
    recipes = List.copyOf(recipes);
  }

  /**
   * Returns what the {@code *.yaml} files of some folders hold.
   *
   * @throws RecipeException if one is no recipe, or two recipes make the same package
   * @throws IOException if a file cannot be read
   */
  public static RecipeBook read(List<Path> folders) throws IOException {
    List<Recipe> recipes = new ArrayList<>();
    ToolchainSpec toolchain = null;
    try {
      for (Path file : SourceDeclarations.files(folders)) {
        YamlMap root = YamlMap.read(file);
        if (root.find("toolchain").isPresent()) {
          toolchain = toolchain(root, toolchain);
        } else if (root.find("package").isPresent() || root.find("pipeline").isPresent()) {
          recipes.add(RecipeReader.read(root));
        } else if (root.find("sources").isEmpty()) {
          throw root.error("the key 'package' is missing");
        }
      }
    } catch (RecipeException e) {
      throw RecipeReader.unreadable(e);
    }
    recipes.sort(java.util.Comparator.comparing(Recipe::name));
    RecipeBook book = new RecipeBook(recipes, Optional.ofNullable(toolchain));
    book.owners();
    return book;
  }

  private static ToolchainSpec toolchain(YamlMap root, @Nullable ToolchainSpec other) {
    root.rejectUnknown(Set.of("toolchain", "sources"));
    YamlMap map = root.map("toolchain").rejectUnknown(Set.of("name", "version"));
    if (other != null) {
      throw map.error("there is another toolchain at " + other.where());
    }
    return new ToolchainSpec(
        map.text("name"), map.text("version"), SourceDeclarations.of(root), map.where());
  }

  /**
   * Returns which recipe makes which package.
   *
   * @throws RecipeException if two make the same
   */
  public Map<String, Recipe> owners() {
    Map<String, Recipe> owners = new HashMap<>();
    Map<String, String> places = new HashMap<>();
    for (Recipe recipe : recipes) {
      for (PackageSpec spec : recipe.packages()) {
        String other = places.put(spec.name(), spec.where());
        if (other != null) {
          throw new RecipeException(
              "Could not read the recipes: "
                  + spec.where()
                  + " and "
                  + other
                  + " both make the package "
                  + spec.name()
                  + ". Rename one of them.");
        }
        owners.put(spec.name(), recipe);
      }
    }
    return owners;
  }
}
