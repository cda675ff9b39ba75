package io.github.prosodyoci.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {

  /** The first example of FIPS 180-4. */
  private static final String ABC =
      "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Test
  void of_knownText_isTheStandardsExample(@TempDir Path folder) throws IOException {
    byte[] abc = "abc".getBytes(StandardCharsets.UTF_8);
    MessageDigest computation = Digest.sha256();
    computation.update(abc);
    assertThat(Digest.of(abc)).hasToString(ABC);
    assertThat(Digest.of(new ByteArrayInputStream(abc))).hasToString(ABC);
    assertThat(Digest.of(Files.write(folder.resolve("abc"), abc))).hasToString(ABC);
    assertThat(Digest.of(computation)).hasToString(ABC);
  }

  @Property(tries = 100)
  void parse_givesBackWhatToStringGave(@ForAll byte[] content) {
    Digest digest = Digest.of(content);
    assertThat(Digest.parse(digest.toString())).isEqualTo(digest).isEqualByComparingTo(digest);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sha256:",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "sha512:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a",
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad0",
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n",
        " sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
      })
  void parse_anythingElse_isRefused(String text) {
    assertThatThrownBy(() -> Digest.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }
}
