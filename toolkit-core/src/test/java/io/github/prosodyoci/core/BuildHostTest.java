package io.github.prosodyoci.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuildHostTest {

  @ParameterizedTest
  @CsvSource({
    "Linux, amd64, linux-x86_64, x86_64",
    "Linux, aarch64, linux-arm64, aarch64",
  })
  void detect_knownMachine_namesIt(String os, String arch, String name, String apkArch) {
    assertThat(BuildHost.detect(os, arch)).hasToString(name);
    assertThat(BuildHost.detect(os, arch).apkArchitecture()).isEqualTo(apkArch);
  }

  @Test
  void detect_otherMachine_saysWhichWork() {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> BuildHost.detect("Windows 11", "amd64"))
        .satisfies(
            e -> assertThat(e.failure().code()).isEqualTo(CommonCode.CONFIGURATION),
            e ->
                assertThat(e.getMessage())
                    .contains("Windows 11-x86_64", "linux-x86_64, linux-arm64"));
  }
}
