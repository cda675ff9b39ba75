package io.github.prosodyoci.compile.build;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.recipe.RecipeBook;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BuildTimesTest {

  @TempDir private Path folder;
  private Path file;
  private BuildGraph.Node hello;
  private BuildGraph.Node other;

  @BeforeEach
  void prepare() throws Exception {
    file = folder.resolve("build-times.json");
    hello = node("hello");
    other = node("other");
  }

  private BuildGraph.Node node(String name) throws Exception {
    Path recipe =
        Files.writeString(
            folder.resolve(name + ".yaml"),
            """
            package: {name: %s, version: 1.0, release: 0, description: A test,
              url: 'https://example.org/', license: MIT}
            pipeline: [{name: install, run: 'true'}]
            """
                .formatted(name));
    return new BuildGraph.Node(
        RecipeBook.read(List.of(recipe)).recipes().get(0), Platform.LINUX_AMD64);
  }

  @Test
  void cost_neverBuilt_growsWithTheSources() {
    BuildTimes times = BuildTimes.read(file);

    assertThat(times.cost(hello, 4_000_000)).isGreaterThan(times.cost(other, 400_000)).isPositive();
  }

  @Test
  void cost_builtBefore_isWhatItTook() throws Exception {
    BuildTimes times = BuildTimes.read(file);
    times.built(hello, Duration.ofSeconds(38));
    times.write();

    BuildTimes next = BuildTimes.read(file);
    assertThat(next.cost(hello, 53_000_000)).isEqualTo(38_000);
    assertThat(next.cost(other, 400)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"milliseconds\" : ",
        "{}",
        "{\"milliseconds\" : {\"hello (x86_64)\" : -1}}",
        "{\"milliseconds\" : {\"hello (x86_64)\" : null}}",
        "{\"milliseconds\" : {\"hello (x86_64)\" : 9223372036854775807}}"
      })
  void read_fileThatCannotBeUsed_countsAsNone(String text) throws Exception {
    Files.writeString(file, text);

    assertThat(BuildTimes.read(file).cost(hello, 800)).isEqualTo(2);
  }
}
