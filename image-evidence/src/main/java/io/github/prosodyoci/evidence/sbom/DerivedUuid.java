package io.github.prosodyoci.evidence.sbom;

import io.github.prosodyoci.core.Digest;
import java.nio.charset.StandardCharsets;

/** UUIDs that follow from a text, by SHA-256: version 8 (RFC 9562, 5.8). */
final class DerivedUuid {

  private DerivedUuid() {}

  /** Returns the UUID of a text. */
  static String of(String text) {
    String hex = Digest.of(text.getBytes(StandardCharsets.UTF_8)).hex();
    // The variant takes two bits of a digit.
    String variant = Integer.toHexString(8 | (Character.digit(hex.charAt(16), 16) & 3));
    return hex.substring(0, 8)
        + "-"
        + hex.substring(8, 12)
        + "-8"
        + hex.substring(13, 16)
        + "-"
        + variant
        + hex.substring(17, 20)
        + "-"
        + hex.substring(20, 32);
  }
}
