package io.github.prosodyoci.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlatformTest {

  @ParameterizedTest
  @CsvSource({
    "linux/amd64,amd64,,x86_64,amd64,x86_64-linux-musl,x86_64,linux-x86_64,62,64,LITTLE_ENDIAN,linux-amd64",
    "linux/arm64,arm64,,aarch64,arm64,aarch64-linux-musl,aarch64,linux-aarch64,183,64,LITTLE_ENDIAN,linux-arm64",
    "linux/arm/v7,arm,v7,armv7,armhf,armv7-linux-musleabihf,armhf,linux-armv4,40,32,LITTLE_ENDIAN,linux-arm-v7",
    "linux/386,386,,x86,i386,i586-linux-musl,i386,linux-x86,3,32,LITTLE_ENDIAN,linux-386",
    "linux/ppc64le,ppc64le,,ppc64le,ppc64el,powerpc64le-linux-musl,powerpc64le,linux-ppc64le,21,64,LITTLE_ENDIAN,linux-ppc64le",
    "linux/s390x,s390x,,s390x,s390x,s390x-linux-musl,s390x,linux64-s390x,22,64,BIG_ENDIAN,linux-s390x",
    "linux/riscv64,riscv64,,riscv64,riscv64,riscv64-linux-musl,riscv64,linux64-riscv64,243,64,LITTLE_ENDIAN,linux-riscv64"
  })
  void names_areThoseOfEachWorld(
      String text,
      String architecture,
      @Nullable String variant,
      String apk,
      String debian,
      String triple,
      String musl,
      String openssl,
      int elfMachine,
      int wordSize,
      String byteOrder,
      String fileName) {
    Platform platform = Platform.parse(text);
    assertThat(platform)
        .extracting(
            Platform::os,
            Platform::architecture,
            Platform::variant,
            Platform::apkArchitecture,
            Platform::debianArchitecture,
            Platform::triple,
            Platform::muslArchitecture,
            Platform::opensslTarget,
            Platform::elfMachine,
            Platform::wordSize,
            Platform::fileName)
        .containsExactly(
            "linux",
            architecture,
            Optional.ofNullable(variant),
            apk,
            debian,
            triple,
            musl,
            openssl,
            elfMachine,
            wordSize,
            fileName);
    assertThat(platform.byteOrder()).hasToString(byteOrder);
  }

  @Test
  void of_arm64_takesItsOnlyVariant() {
    assertThat(Platform.of("linux", "arm64", "v8")).contains(Platform.LINUX_ARM64);
    assertThat(Platform.of("linux", "arm64", null)).contains(Platform.LINUX_ARM64);
    assertThat(Platform.of("linux", "arm", "v6")).isEmpty();
    assertThat(Platform.of("linux", "arm", null)).isEmpty();
    assertThat(Platform.of("windows", "amd64", null)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "amd64,LINUX_AMD64", "x86_64,LINUX_AMD64", "aarch64,LINUX_ARM64", "arm,LINUX_ARM_V7",
    "i386,LINUX_386", "ppc64le,LINUX_PPC64LE", "s390x,LINUX_S390X", "riscv64,LINUX_RISCV64"
  })
  void ofMachine_ofJavasName_isIts(String osArch, Platform platform) {
    assertThat(Platform.ofMachine(osArch)).contains(platform);
  }

  @Test
  void ofMachine_unknown_isEmpty() {
    assertThat(Platform.ofMachine("mips")).isEmpty();
    assertThat(Platform.ofMachine("ppc64")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void parse_givesBackWhatToStringGave(Platform platform) {
    assertThat(Platform.parse(platform.toString())).isEqualTo(platform);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"linux/mips", "linux/arm", "linux/arm/v6", "linux", "linux/arm/v7/x", "", "/"})
  void parse_unknown_listsTheKnown(String text) {
    assertThatThrownBy(() -> Platform.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Unknown platform "
                + text
                + "; known are linux/amd64, linux/arm64, linux/arm/v7, linux/386, linux/ppc64le,"
                + " linux/s390x, linux/riscv64");
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
