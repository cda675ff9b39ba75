package io.github.prosodyoci.recipe;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.recipe.yaml.YamlMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A YAML file that declares sources: a recipe, a build root, or a plain list of downloads
 * (docs/recipes.md).
 *
 * @param root the whole file
 * @param name the name of the package or build root; of a plain list, that of the file
 * @param sources its sources
 */
public record RecipeDocument(YamlMap root, String name, List<DeclaredSource> sources) {

  /** Makes it immutable. */
  public RecipeDocument {
    sources = List.copyOf(sources);
  }

  /**
   * Returns several documents, in the order given; a folder is read as its {@code *.yaml} files, by
   * name.
   *
   * @throws FailureException with a {@link RecipeCode} and the line if one is malformed or missing,
   *     with a {@link io.github.prosodyoci.core.CommonCode} if it cannot be read
   */
  public static List<RecipeDocument> readAll(List<Path> filesAndFolders) {
    return files(filesAndFolders).stream().map(RecipeDocument::read).toList();
  }

  /** Returns the sources of several files and folders, as {@link #readAll} reads them. */
  public static List<DeclaredSource> sources(List<Path> filesAndFolders) {
    return readAll(filesAndFolders).stream().flatMap(each -> each.sources().stream()).toList();
  }

  /** Returns the document in a file; throws as {@link #readAll} does. */
  public static RecipeDocument read(Path file) {
    return of(YamlMap.read(file));
  }

  /**
   * Returns the document that a text is; throws as {@link #readAll} does.
   *
   * @param file named in errors; what {@code file:} origins are relative to
   */
  public static RecipeDocument parse(Path file, String text) {
    return of(YamlMap.parse(file, text));
  }

  private static RecipeDocument of(YamlMap root) {
    String name =
        Stream.of("package", "build-root")
            .flatMap(kind -> root.optionalMap(kind).stream())
            .flatMap(map -> map.optionalText("name").stream())
            .findFirst()
            .orElseGet(() -> stem(root.file()));
    return new RecipeDocument(root, name, SourceReader.read(name, root));
  }

  /** Returns a file's name without its ending. */
  static String stem(Path file) {
    return file.getFileName().toString().replaceFirst("\\.ya?ml$", "");
  }

  /** Returns the file. */
  public Path file() {
    return root.file();
  }

  /**
   * Returns the recipe that this document is.
   *
   * @throws FailureException with {@link RecipeCode#DECLARATION} if it is none
   */
  public Recipe recipe() {
    return RecipeReader.read(this);
  }

  private static List<Path> files(List<Path> filesAndFolders) {
    List<Path> files = new ArrayList<>();
    for (Path path : filesAndFolders) {
      if (Files.isDirectory(path)) {
        try (Stream<Path> inside = Files.list(path)) {
          inside
              .filter(file -> file.getFileName().toString().endsWith(".yaml"))
              .sorted(Comparator.comparing(file -> file.getFileName().toString()))
              .forEach(files::add);
        } catch (IOException e) {
          throw FileFailures.of("read", path.toString(), path, e);
        }
      } else if (Files.exists(path)) {
        files.add(path);
      } else {
        throw Failure.of(
                RecipeCode.NO_RECIPES, "read", path.toString(), "there is no such file or folder")
            .toException();
      }
    }
    return files;
  }
}
