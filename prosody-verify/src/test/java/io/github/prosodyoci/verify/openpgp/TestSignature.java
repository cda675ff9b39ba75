package io.github.prosodyoci.verify.openpgp;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;

/** Builds a signature packet of its key's version, with whatever is wrong with it. */
public final class TestSignature {

  /** The length of a version 6 signature's salt, by digest (RFC 9580, table 23). */
  private static final Map<Integer, Integer> SALTS = Map.of(8, 16, 9, 24, 10, 32, 12, 16, 14, 32);

  private final TestKey key;
  private final int type;
  private int hash = 8;
  private byte[] times = new byte[0];
  private byte[] hashed = new byte[0];
  private byte[] unhashed = new byte[0];
  private boolean issuer = true;

  public TestSignature(TestKey key, int type, Instant created) {
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

  public static byte[] flags(int flags) {
    return Bytes.subpacket(27, new byte[] {(byte) flags});
  }

  static byte[] reason(int code) {
    return Bytes.subpacket(29, new byte[] {(byte) code});
  }

  static byte[] issuerFingerprint(TestKey key) {
    return Bytes.subpacket(33, Bytes.join(new byte[] {(byte) key.version}, key.fingerprintBytes()));
  }

  static byte[] issuerKeyId(TestKey key) {
    return Bytes.subpacket(16, key.keyId());
  }

  public TestSignature hash(int algorithm) {
    this.hash = algorithm;
    return this;
  }

  TestSignature times(byte[]... subpackets) {
    this.times = Bytes.join(subpackets);
    return this;
  }

  public TestSignature hashed(byte[]... subpackets) {
    this.hashed = Bytes.join(hashed, Bytes.join(subpackets));
    return this;
  }

  public TestSignature unhashed(byte[]... subpackets) {
    this.unhashed = Bytes.join(unhashed, Bytes.join(subpackets));
    return this;
  }

  TestSignature withoutIssuer() {
    this.issuer = false;
    return this;
  }

  /** Returns the packet of a signature over what is hashed before the trailer. */
  public byte[] over(byte[] content) {
    return Bytes.packet(2, bodyOver(content));
  }

  public byte[] bodyOver(byte[] content) {
    boolean six = key.version == 6;
    byte[] hashedArea = Bytes.join(times, hashed, issuer ? issuerFingerprint(key) : new byte[0]);
    byte[] unhashedArea = Bytes.join(unhashed, issuer && !six ? issuerKeyId(key) : new byte[0]);
    byte[] salt = new byte[six ? SALTS.get(hash) : 0];
    Arrays.fill(salt, (byte) 7);
    byte[] head = area(new Bytes().add(key.version, type, key.algorithm, hash), hashedArea).get();
    byte[] message =
        new Bytes().add(salt).add(content).add(head).add(key.version, 0xFF).four(head.length).get();
    byte[] start = Arrays.copyOf(digest(message), 2);
    Bytes body = area(new Bytes().add(head), unhashedArea).add(start);
    if (six) {
      body.add(salt.length).add(salt);
    }
    return body.add(key.sign(message, hash)).get();
  }

  private Bytes area(Bytes out, byte[] area) {
    return (key.version == 6 ? out.four(area.length) : out.two(area.length)).add(area);
  }

  /** Returns the packet of a version 3 signature (RFC 4880, section 5.2.2). */
  static byte[] version3(TestKey key, Instant created, byte[] content) {
    byte[] trailer = new Bytes().add(0).four(created.getEpochSecond()).get();
    byte[] message = Bytes.join(content, trailer);
    TestSignature signature = new TestSignature(key, 0, created);
    return Bytes.packet(
        2,
        new Bytes()
            .add(3, 5)
            .add(trailer)
            .add(key.keyId())
            .add(key.algorithm, signature.hash)
            .add(Arrays.copyOf(signature.digest(message), 2))
            .add(key.sign(message, signature.hash))
            .get());
  }

  private byte[] digest(byte[] message) {
    try {
      return TestKey.digest(message, hash);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  byte[] overText(String text) {
    return over(text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
  }
}
