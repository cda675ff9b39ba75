package io.github.prosodyoci.verify.openpgp;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Puts OpenPGP structures together byte by byte, right or wrong. */
public final class Bytes {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  public Bytes add(int... octets) {
    for (int octet : octets) {
      out.write(octet);
    }
    return this;
  }

  public Bytes add(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  public Bytes add(String text) {
    return add(text.getBytes(StandardCharsets.UTF_8));
  }

  Bytes two(int number) {
    return add(number >> 8, number);
  }

  public Bytes four(long number) {
    return add((int) (number >> 24), (int) (number >> 16), (int) (number >> 8), (int) number);
  }

  /** Adds a multiprecision integer (RFC 9580, section 3.2). */
  Bytes mpi(BigInteger number) {
    byte[] magnitude = number.toByteArray();
    int skip = magnitude[0] == 0 ? 1 : 0;
    two(number.bitLength());
    out.write(magnitude, skip, magnitude.length - skip);
    return this;
  }

  public byte[] get() {
    return out.toByteArray();
  }

  public static byte[] join(byte[]... parts) {
    Bytes bytes = new Bytes();
    for (byte[] part : parts) {
      bytes.add(part);
    }
    return bytes.get();
  }

  /** Returns a packet with a five-octet length. */
  public static byte[] packet(int tag, byte[] body) {
    return new Bytes().add(0xC0 | tag, 0xFF).four(body.length).add(body).get();
  }

  /** Returns a subpacket; a type above 127 is critical. */
  public static byte[] subpacket(int type, byte[] value) {
    return new Bytes().add(0xFF).four(value.length + 1L).add(type).add(value).get();
  }

  static byte[] fourBytes(long number) {
    return new Bytes().four(number).get();
  }
}
