package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.Evidence;
import io.github.prosodyoci.recipe.RecipeDocument;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** README's claim that a signature backs everything which the default build downloads. */
class SourceEvidenceIT {

  private static final Path IMAGE = Path.of("..", "prosody-image");

  @Test
  void verification_ofTheDefaultBuild_hasASignerForEverySource() throws IOException {
    Path file =
        Path.of(System.getProperty("prosodyoci.it.imageJson")).resolveSibling("verification.json");
    JsonNode report = new JsonMapper().readTree(file.toFile());

    assertThat(report.path("sources")).hasSizeGreaterThan(50);
    for (JsonNode source : report.path("sources")) {
      assertThat(source.path("status").asText()).as(source.toString()).isEqualTo("trusted");
      assertThat(source.has("waiver")).as(source.toString()).isFalse();
      assertThat(source.path("evidence"))
          .as(source.toString())
          .anyMatch(
              each ->
                  each.path("outcome").asText().equals("sufficient")
                      && each.path("signer").asText().matches("[0-9A-F]{40,64}"));
    }
    assertThat(report.path("sources").findValuesAsText("file"))
        .anyMatch(name -> name.startsWith("clang-19_"))
        .anyMatch(name -> name.startsWith("busybox-static_"));
  }

  @Test
  void recipes_onEveryMachine_declareNothingPinnedOnly() {
    List<DeclaredSource> declared =
        RecipeDocument.sources(List.of(IMAGE.resolve("src/main/recipes")));

    assertThat(declared).hasSizeGreaterThan(80);
    assertThat(declared)
        .allSatisfy(
            source ->
                assertThat(source.requiredEvidence())
                    .noneMatch(Evidence.PinnedOnly.class::isInstance));
  }
}
