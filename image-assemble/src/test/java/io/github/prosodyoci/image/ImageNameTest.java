package io.github.prosodyoci.image;

import static io.github.prosodyoci.image.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.CommonCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageNameTest {

  @ParameterizedTest
  @CsvSource({
    "prosody, prosody:latest, registry-1.docker.io, library/prosody, latest,"
        + " docker.io/library/prosody:latest",
    "prosody:13, prosody:13, registry-1.docker.io, library/prosody, 13,"
        + " docker.io/library/prosody:13",
    "me/prosody:latest, me/prosody:latest, registry-1.docker.io, me/prosody, latest,"
        + " docker.io/me/prosody:latest",
    "ghcr.io/me/prosody:13, ghcr.io/me/prosody:13, ghcr.io, me/prosody, 13, ghcr.io/me/prosody:13",
    "localhost:5000/a, localhost:5000/a:latest, localhost:5000, a, latest,"
        + " localhost:5000/a:latest"
  })
  void parse_asDockerDoes(
      String text, String withTag, String registry, String repository, String tag, String full) {
    ImageName name = ImageName.parse(text);
    assertThat(name).isEqualTo(new ImageName(withTag, registry, repository, tag));
    assertThat(name.fullText()).isEqualTo(full);
  }

  @Test
  void parse_withADefaultTag_takesItIfThereIsNone() {
    assertThat(ImageName.parse("localhost:5000/a", "2")).hasToString("localhost:5000/a:2");
    assertThat(ImageName.parse("localhost:5000/a:1", "2")).hasToString("localhost:5000/a:1");
    assertThat(ImageName.isTagged("localhost:5000/a")).isFalse();
    assertThat(ImageName.isTagged("a:1")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Prosody", "a b", "a:b:c", "https://ghcr.io/a", "a/", "a:-b", "a:"})
  void parse_anythingElse_isRefused(String text) {
    assertFails(CommonCode.CONFIGURATION, () -> ImageName.parse(text))
        .hasMessageStartingWith(
            "Could not use the image name \"" + text + "\": it has another form")
        .hasMessageEndingWith("Correct prosodyoci.image.");
  }

  @Test
  void parse_nameWithDigest_isRefused() {
    assertFails(CommonCode.CONFIGURATION, () -> ImageName.parse("a@sha256:" + "0".repeat(64)))
        .hasMessageContaining("has a tag, not a digest");
  }

  @Test
  void parse_scratch_isRefused() {
    assertFails(CommonCode.CONFIGURATION, () -> ImageName.parse("scratch"));
  }
}
