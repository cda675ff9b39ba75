package io.github.prosodyoci.compile.build;

import static io.github.prosodyoci.compile.Codes.assertFails;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.split.InstalledTree;
import io.github.prosodyoci.recipe.Recipe;
import io.github.prosodyoci.recipe.RecipeBook;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PathLeaksTest {

  private static final Path ROOT = Path.of("/home/j\u00fcrgen/work");

  @TempDir private Path folder;
  private Path installed;
  private Recipe recipe;

  @BeforeEach
  void prepare() throws IOException {
    installed = Files.createDirectories(folder.resolve("dest/usr"));
    Path recipes = Files.createDirectory(folder.resolve("recipes"));
    Files.writeString(
        recipes.resolve("thing.yaml"),
        """
        package: {name: thing, version: '1', description: d, url: u, license: MIT}
        pipeline: [{name: n, run: 'true'}]
        """);
    recipe = RecipeBook.read(List.of(recipes)).recipes().get(0);
  }

  private void check(Path... roots) throws IOException {
    PathLeaks.check(recipe, InstalledTree.scan(folder.resolve("dest")), List.of(roots));
  }

  @Test
  void check_pathAmongBytesThatAreNotText_isFound() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(new byte[] {0, (byte) 0xff, (byte) 0xc3});
    bytes.write((ROOT + "/build/a.c").getBytes(StandardCharsets.UTF_8));
    bytes.write(0);
    Files.write(installed.resolve("program"), bytes.toByteArray());

    assertFails(CompileCode.PATH_LEAK, () -> check(Path.of("/elsewhere"), ROOT))
        .hasMessageContaining("Could not package thing: /usr/program contains the path")
        .hasMessageContaining(ROOT.toString())
        .hasMessageContaining("thing.yaml");
  }

  @Test
  void check_linkToThePath_isFound() throws IOException {
    Files.createSymbolicLink(installed.resolve("link"), ROOT.resolve("dest/x"));

    assertFails(CompileCode.PATH_LEAK, () -> check(ROOT)).hasMessageContaining("/usr/link");
  }

  @Test
  void check_otherPaths_areFine() throws IOException {
    Files.writeString(installed.resolve("file"), "/home/j\u00fcrgen and /home/jurgen/work");
    Files.createDirectory(installed.resolve("empty"));
    Files.createSymbolicLink(installed.resolve("link"), Path.of("file"));

    assertThatCode(() -> check(ROOT)).doesNotThrowAnyException();
  }
}
