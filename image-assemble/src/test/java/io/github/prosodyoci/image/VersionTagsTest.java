package io.github.prosodyoci.image;

import static io.github.prosodyoci.image.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.CommonCode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VersionTagsTest {

  @ParameterizedTest
  @CsvSource({
    "13.0.1-r1, 13.0.1-r1",
    "1.0+x~1, 1.0-x-1",
    ".5, 5",
  })
  void tag_holdsWhatATagMay(String version, String tag) {
    assertThat(VersionTags.tag(version)).isEqualTo(tag);
  }

  @Test
  void tag_ofALongVersion_isCut() {
    assertThat(VersionTags.tag("1".repeat(200))).hasSize(128);
  }

  private static final List<String> ALL = List.of("version", "minor", "major", "latest");

  @Test
  void of_aRelease_areThoseOfTheRule() {
    assertThat(VersionTags.of("13.0.1-r1", ALL))
        .isEqualTo(List.of("13.0.1-r1", "13.0", "13", "latest"));
    assertThat(VersionTags.of("13.0", ALL)).isEqualTo(List.of("13.0", "13", "latest"));
    assertThat(VersionTags.of("13.0.1-r1", List.of("latest", "major")))
        .isEqualTo(List.of("latest", "13"));
  }

  @Test
  void of_anotherRule_isRefused() {
    assertFails(CommonCode.CONFIGURATION, () -> VersionTags.of("1.0", List.of("patch")))
        .hasMessageContaining(
            "tagRule: it is \"patch\"; expected some of version, minor, major, latest");
    assertFails(CommonCode.CONFIGURATION, () -> VersionTags.of("1.0", List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "1.0-SNAPSHOT", "13.0.1_rc1-r0", "13.1-beta", "trunk"})
  void of_anythingElse_isTheVersionAlone(String version) {
    assertThat(VersionTags.of(version, ALL)).isEqualTo(List.of(version));
    assertThat(VersionTags.of(version, List.of("latest"))).isEqualTo(List.of(version));
  }
}
