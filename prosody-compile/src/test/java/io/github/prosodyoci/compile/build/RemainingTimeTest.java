package io.github.prosodyoci.compile.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.compile.build.BuildGraph.Node;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.recipe.Recipe;
import io.github.prosodyoci.recipe.RecipeBook;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemainingTimeTest {

  @TempDir Path folder;
  private Node small;
  private Node large;
  private Node smallAgain;
  private Node largeAgain;
  private RemainingTime time;

  @BeforeEach
  void begin() throws IOException {
    Recipe one = recipe("small");
    Recipe other = recipe("large");
    small = new Node(one, Platform.LINUX_AMD64);
    large = new Node(other, Platform.LINUX_AMD64);
    smallAgain = new Node(one, Platform.LINUX_ARM64);
    largeAgain = new Node(other, Platform.LINUX_ARM64);
    time =
        new RemainingTime(
            Map.of(small, 10_000L, large, 30_000L, smallAgain, 10_000L, largeAgain, 30_000L));
  }

  private Recipe recipe(String name) throws IOException {
    Path file = folder.resolve(name + ".yaml");
    Files.writeString(
        file,
        """
        package: {name: %s, version: '1', description: d, url: u, license: MIT}
        pipeline: [{name: n, run: 'true'}]
        """
            .formatted(name));
    return RecipeBook.read(java.util.List.of(file)).recipes().get(0);
  }

  @Test
  void seconds_beforeAnythingWasBuilt_areUnknown() {
    time.cached(small);
    assertThat(time.seconds(5, Map.of(large, 5.0))).isEmpty();
  }

  @Test
  void seconds_otherRecipes_areForeseenAndCorrectedByWhatWasBuilt() {
    time.cached(smallAgain);
    time.built(small, 10);
    assertThat(time.seconds(10, Map.of())).hasValue(60);
    time.built(small, 80);
    assertThat(time.seconds(80, Map.of())).hasValue(120);
  }

  @Test
  void seconds_sameRecipeForAnotherPlatform_isAsLong() {
    time.built(small, 10);
    time.built(large, 90);
    assertThat(time.seconds(100, Map.of())).hasValue(100);
  }

  @Test
  void seconds_recipesSideBySide_takeLess() {
    time.built(small, 20);
    time.built(large, 60);
    assertThat(time.seconds(50, Map.of(smallAgain, 5.0, largeAgain, 15.0))).hasValue(30);
  }

  @Test
  void seconds_recipeThatTakesLongerThanExpected_areNotNegative() {
    time.built(small, 10);
    time.built(large, 30);
    time.cached(largeAgain);
    assertThat(time.seconds(60, Map.of(smallAgain, 20.0))).hasValue(0);
  }
}
