package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.split.InstalledFile;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.recipe.Recipe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Finds the build folder's path in what was built: such a file would differ on each machine. */
final class PathLeaks {

  private PathLeaks() {}

  /**
   * Checks all installed files and links.
   *
   * @param roots the paths that lead to the build folder
   * @throws io.github.prosodyoci.core.FailureException if one of them occurs in a file or link
   */
  static void check(Recipe recipe, List<InstalledFile> installed, List<Path> roots)
      throws IOException {
    for (InstalledFile file : installed) {
      String content = content(file);
      for (Path root : roots) {
        if (content.contains(bytes(root.toString()))) {
          throw Failure.of(
                  CompileCode.PATH_LEAK,
                  "package",
                  recipe.name(),
                  "/"
                      + file.path()
                      + " contains the path of the build folder, "
                      + root
                      + ", so it would differ on another machine")
              .advising(
                  "Find out how it gets there (a configure option, __FILE__, a debug section), and"
                      + " fix "
                      + recipe.file()
                      + ".")
              .toException();
        }
      }
    }
  }

  private static String content(InstalledFile file) throws IOException {
    return file.kind() == InstalledFile.Kind.FILE
        ? new String(Files.readAllBytes(file.file()), StandardCharsets.ISO_8859_1)
        : bytes(file.link());
  }

  /** Returns a text's UTF-8 bytes, each as one char. */
  private static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
