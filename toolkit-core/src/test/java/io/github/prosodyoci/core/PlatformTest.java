package io.github.prosodyoci.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlatformTest {

  @Test
  void names_areThoseOfEachWorld() {
    assertThat(Platform.LINUX_AMD64)
        .extracting(
            Platform::os,
            Platform::architecture,
            Platform::apkArchitecture,
            Platform::triple,
            Platform::fileName)
        .containsExactly("linux", "amd64", "x86_64", "x86_64-linux-musl", "linux-amd64");
    assertThat(Platform.LINUX_ARM64)
        .extracting(
            Platform::os,
            Platform::architecture,
            Platform::apkArchitecture,
            Platform::triple,
            Platform::fileName)
        .containsExactly("linux", "arm64", "aarch64", "aarch64-linux-musl", "linux-arm64");
  }

  @ParameterizedTest
  @EnumSource
  void parse_givesBackWhatToStringGave(Platform platform) {
    assertThat(Platform.parse(platform.toString())).isEqualTo(platform);
  }

  @Test
  void parse_unknown_listsTheKnown() {
    assertThatThrownBy(() -> Platform.parse("linux/s390x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Unknown platform linux/s390x; known are linux/amd64, linux/arm64");
  }

  @Test
  void fileName_isTheSameInTurkey() {
    Locale locale = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("tr-TR"));
    try {
      assertThat(Platform.LINUX_AMD64.fileName()).isEqualTo("linux-amd64");
    } finally {
      Locale.setDefault(locale);
    }
  }
}
