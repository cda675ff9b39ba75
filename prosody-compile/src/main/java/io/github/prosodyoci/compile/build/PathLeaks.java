package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.CompileException;
import io.github.prosodyoci.compile.split.InstalledFile;
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
   * @param roots the paths by which it is known
   * @throws CompileException if one names the build folder
   */
  static void check(Recipe recipe, List<InstalledFile> installed, List<Path> roots)
      throws IOException {
    for (Path root : roots) {
      check(recipe, installed, root.toString());
    }
  }

  private static void check(Recipe recipe, List<InstalledFile> installed, String path)
      throws IOException {
    for (InstalledFile file : installed) {
      String content =
          file.kind() == InstalledFile.Kind.FILE
              // One char per byte; a path outside ASCII is found by its UTF-8 bytes below.
              ? Files.readString(file.file(), StandardCharsets.ISO_8859_1)
              : file.link();
      String wanted =
          file.kind() == InstalledFile.Kind.FILE
              ? new String(path.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)
              : path;
      if (content.contains(wanted)) {
        throw new CompileException(
            "Could not package "
                + recipe.name()
                + ": /"
                + file.path()
                + " holds the path of the build folder, "
                + path
                + ", so that it would differ on another machine. Find out how it gets there"
                + " (a configure option, __FILE__, a debug section), and mend "
                + recipe.file()
                + ".");
      }
    }
  }
}
