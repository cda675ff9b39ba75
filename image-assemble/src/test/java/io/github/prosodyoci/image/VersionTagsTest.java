package io.github.prosodyoci.image;

import static org.assertj.core.api.Assertions.assertThat;

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

  @Test
  void moving_ofARelease_areMinorAndMajor() {
    assertThat(VersionTags.moving("13.0.1-r1")).isEqualTo(List.of("13.0", "13"));
    assertThat(VersionTags.moving("13.0")).isEqualTo(List.of("13"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "1.0-SNAPSHOT", "13.0.1_rc1-r0", "13.1-beta", "trunk"})
  void moving_ofAnythingElse_areNone(String version) {
    assertThat(VersionTags.moving(version)).isEmpty();
  }
}
