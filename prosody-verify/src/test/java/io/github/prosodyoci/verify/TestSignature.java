package io.github.prosodyoci.verify;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Arrays;

/** Builds a version 4 signature packet, with whatever is wrong with it. */
final class TestSignature {

  private final TestKey key;
  private int type;
  private int hash = 8;
  private byte[] times = new byte[0];
  private byte[] hashed = new byte[0];
  private byte[] unhashed = new byte[0];
  private boolean issuer = true;

  TestSignature(TestKey key, int type, Instant created) {
    this.key = key;
    this.type = type;
    this.times = created(created);
  }

  static byte[] created(Instant time) {
    return Bytes.subpacket(2, Bytes.fourBytes(time.getEpochSecond()));
  }

  static byte[] expires(long seconds) {
    return Bytes.subpacket(3, Bytes.fourBytes(seconds));
  }

  static byte[] keyExpires(long seconds) {
    return Bytes.subpacket(9, Bytes.fourBytes(seconds));
  }

  static byte[] flags(int flags) {
    return Bytes.subpacket(27, new byte[] {(byte) flags});
  }

  static byte[] reason(int code) {
    return Bytes.subpacket(29, new byte[] {(byte) code});
  }

  static byte[] issuerFingerprint(TestKey key) {
    return Bytes.subpacket(33, Bytes.join(new byte[] {4}, key.fingerprintBytes()));
  }

  static byte[] issuerKeyId(TestKey key) {
    return Bytes.subpacket(16, key.keyId());
  }

  TestSignature hash(int algorithm) {
    this.hash = algorithm;
    return this;
  }

  TestSignature times(byte[]... subpackets) {
    this.times = Bytes.join(subpackets);
    return this;
  }

  TestSignature hashed(byte[]... subpackets) {
    this.hashed = Bytes.join(hashed, Bytes.join(subpackets));
    return this;
  }

  TestSignature unhashed(byte[]... subpackets) {
    this.unhashed = Bytes.join(unhashed, Bytes.join(subpackets));
    return this;
  }

  TestSignature withoutIssuer() {
    this.issuer = false;
    return this;
  }

  /** Returns the packet of a signature over what is hashed before the trailer. */
  byte[] over(byte[] content) {
    return Bytes.packet(2, bodyOver(content));
  }

  byte[] bodyOver(byte[] content) {
    byte[] hashedArea = Bytes.join(times, hashed, issuer ? issuerFingerprint(key) : new byte[0]);
    byte[] unhashedArea = Bytes.join(unhashed, issuer ? issuerKeyId(key) : new byte[0]);
    byte[] head =
        new Bytes().add(4, type, key.algorithm, hash).two(hashedArea.length).add(hashedArea).get();
    byte[] message = new Bytes().add(content).add(head).add(4, 0xFF).four(head.length).get();
    byte[] start;
    try {
      start = Arrays.copyOf(TestKey.digest(message, hash), 2);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    return new Bytes()
        .add(head)
        .two(unhashedArea.length)
        .add(unhashedArea)
        .add(start)
        .add(key.sign(message, hash))
        .get();
  }

  byte[] overText(String text) {
    return over(text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
  }
}
