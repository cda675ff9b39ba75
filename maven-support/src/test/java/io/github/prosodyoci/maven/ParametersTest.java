package io.github.prosodyoci.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParametersTest {

  @Test
  void platform_known_isItAndElseAFailureThatNamesTheProperty() {
    assertThat(Parameters.platform(" linux/arm64 ")).isEqualTo(Platform.LINUX_ARM64);
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> Parameters.platform("windows/amd64"))
        .withMessageStartingWith(
            "Could not use prosodyoci.platform=windows/amd64: Unknown platform")
        .satisfies(e -> assertThat(e.failureCode()).isEqualTo(CommonCode.CONFIGURATION));
  }

  @Test
  void positive_zero_isAFailureThatNamesTheProperty() {
    assertThat(Parameters.positive("prosodyoci.x", 1)).isEqualTo(1);
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> Parameters.positive("prosodyoci.x", 0))
        .withMessage(
            "Could not use prosodyoci.x=0: it is not positive (configuration). Correct it.");
  }

  @Test
  void outputTimestamp_textOrSeconds_isThatTime() {
    assertThat(Parameters.outputTimestamp("2026-11-01T00:00:00Z"))
        .isEqualTo(Instant.parse("2026-11-01T00:00:00Z"));
    assertThat(Parameters.outputTimestamp("0")).isEqualTo(Instant.EPOCH);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", " ", "x"})
  void outputTimestamp_none_isRefusedWithWhatToSet(String none) {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> Parameters.outputTimestamp(none))
        .withMessageStartingWith("Could not use project.build.outputTimestamp: it is not set;")
        .withMessageContaining("Set the property in the POM");
  }

  @Test
  void outputTimestamp_noTime_isAFailureThatNamesTheProperty() {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> Parameters.outputTimestamp("yesterday"))
        .withMessageStartingWith("Could not use project.build.outputTimestamp=yesterday: ");
  }

  @Test
  void text_blank_isNotSet() {
    assertThat(Parameters.text(null)).isEmpty();
    assertThat(Parameters.text(" ")).isEmpty();
    assertThat(Parameters.text(" a ")).contains("a");
  }
}
