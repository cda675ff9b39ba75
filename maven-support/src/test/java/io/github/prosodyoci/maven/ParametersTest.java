package io.github.prosodyoci.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParametersTest {

  @Test
  void platforms_known_areInTheOrderOfTheEnumAndEachOnce() {
    assertThat(Parameters.platforms(List.of(" linux/arm64 ", "linux/amd64", "linux/arm64"), "arm"))
        .containsExactly(Platform.LINUX_AMD64, Platform.LINUX_ARM64);
    assertThat(Parameters.platforms(List.of("all"), "arm")).containsExactly(Platform.values());
  }

  @Test
  void platforms_none_areTheMachinesOrAmd64() {
    assertThat(Parameters.platforms(List.of(), "s390x")).containsExactly(Platform.LINUX_S390X);
    assertThat(Parameters.platforms(List.of(" "), "mips")).containsExactly(Platform.LINUX_AMD64);
  }

  @Test
  void platforms_unknown_isAFailureThatNamesTheProperty() {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> Parameters.platforms(List.of("linux/amd64", "windows/amd64"), ""))
        .withMessageStartingWith(
            "Could not use prosodyoci.platforms=windows/amd64: Unknown platform")
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
