package io.github.prosodyoci.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class DsseTest {

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** The specification's own example (protocol.md, "Test Vectors"). */
  @Test
  void signedBytes_exampleOfTheSpecification_areThose() {
    assertThat(Dsse.signedBytes("http://example.com/HelloWorld", utf8("hello world")))
        .isEqualTo(utf8("DSSEv1 29 http://example.com/HelloWorld 11 hello world"));
  }

  @Test
  void signedBytes_lengths_countBytes() {
    assertThat(Dsse.signedBytes("é", utf8("ü!"))).isEqualTo(utf8("DSSEv1 2 é 3 ü!"));
  }
}
