package io.github.prosodyoci.core;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** What is signed in a Dead Simple Signing Envelope (DSSE 1.0.0, protocol.md). */
public final class Dsse {

  private Dsse() {}

  /**
   * Returns the bytes that signatures of a payload cover ("Signature Definition"): with the type,
   * and with lengths, so that nobody can take one for the other.
   *
   * @param type the media type of the payload
   */
  public static byte[] signedBytes(String type, byte[] payload) {
    byte[] typeBytes = type.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(ascii("DSSEv1 " + typeBytes.length + " "));
    all.writeBytes(typeBytes);
    all.writeBytes(ascii(" " + payload.length + " "));
    all.writeBytes(payload);
    return all.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
