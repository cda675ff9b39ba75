package io.github.prosodyoci.evidence.sign;

import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text with a header and a footer around Base64 (RFC 7468). */
final class Pem {

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

  private final String label;
  private final byte[] der;

  private Pem(String label, byte[] der) {
    this.label = label;
    this.der = der;
  }

  /** Returns what the header names. */
  String label() {
    return label;
  }

  /** Returns the content. */
  byte[] der() {
    return der.clone();
  }

  /** Returns the first block of a text; empty if there is none, or it is damaged. */
  static Optional<Pem> first(String text) {
    Matcher block = BLOCK.matcher(text);
    if (!block.find()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Pem(
              block.group(1), Base64.getDecoder().decode(block.group(2).replaceAll("\\s", ""))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Returns a block as text. */
  static String text(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }
}
