package io.github.prosodyoci.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputTimestampTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-01T00:00:00Z",
        "2026-11-01T01:00:00+01:00",
        "2026-11-01T00:00:00.999Z",
        "1793491200"
      })
  void parse_sameTimeInOtherWords_isTheSame(String text) {
    assertThat(OutputTimestamp.parse(text)).hasToString("2026-11-01T00:00:00Z");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "now", "2026-11-01", "2026-11-01T00:00:00", "-1", "99999999999999"})
  void parse_anythingElse_namesTheProperty(String text) {
    assertThatThrownBy(() -> OutputTimestamp.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("project.build.outputTimestamp");
  }

  @Test
  void parse_before1970_isRefused() {
    assertThatThrownBy(() -> OutputTimestamp.parse("1969-12-31T23:59:59Z"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("before 1970");
  }
}
