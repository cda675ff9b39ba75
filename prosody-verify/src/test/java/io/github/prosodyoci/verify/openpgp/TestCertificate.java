package io.github.prosodyoci.verify.openpgp;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.function.UnaryOperator;

/** Builds certificates and armor, with whatever is wrong with them. */
public final class TestCertificate {

  static final int CERTIFY_AND_SIGN = 3;
  static final int SIGN = 2;
  static final int CERTIFY = 1;
  static final int ENCRYPT = 12;
  static final int AUTHENTICATE = 0x20;

  private final TestKey primary;
  private final Bytes packets = new Bytes();

  public TestCertificate(TestKey primary) {
    this.primary = primary;
    packets.add(Bytes.packet(6, primary.body));
  }

  /** Returns an ordinary certificate: one user, signing primary key. */
  public static TestCertificate of(TestKey primary, Instant created) {
    return new TestCertificate(primary)
        .user("Test <test@example.org>", created, self -> self.hashed(flags()));
  }

  private static byte[] flags() {
    return TestSignature.flags(CERTIFY_AND_SIGN);
  }

  public TestCertificate user(String name, Instant created, UnaryOperator<TestSignature> change) {
    packets.add(Bytes.packet(13, name.getBytes(StandardCharsets.UTF_8)));
    return selfSignature(name, created, change);
  }

  TestCertificate selfSignature(String name, Instant created, UnaryOperator<TestSignature> change) {
    byte[] content = userContent(primary, name);
    packets.add(change.apply(new TestSignature(primary, 0x13, created)).over(content));
    return this;
  }

  /**
   * Adds a signature over the primary key by itself, where version 6 keys say what they are for.
   */
  TestCertificate directKey(Instant created, UnaryOperator<TestSignature> change) {
    packets.add(change.apply(new TestSignature(primary, 0x1F, created)).over(primary.hashed()));
    return this;
  }

  /** Adds a certification of the last user by someone else. */
  TestCertificate certification(
      TestKey by, String name, Instant created, UnaryOperator<TestSignature> change) {
    packets.add(
        change.apply(new TestSignature(by, 0x13, created)).over(userContent(primary, name)));
    return this;
  }

  /** Adds any packet where it stands. */
  TestCertificate packet(byte[] packet) {
    packets.add(packet);
    return this;
  }

  static byte[] userContent(TestKey key, String name) {
    byte[] user = name.getBytes(StandardCharsets.UTF_8);
    return new Bytes().add(key.hashed()).add(0xB4).four(user.length).add(user).get();
  }

  /** Revokes the primary key; the revocation stands where such stand, before the users. */
  static TestCertificate revoked(
      TestKey primary, TestKey revoker, Instant created, Instant revokedAt, int reason) {
    TestCertificate certificate = new TestCertificate(primary);
    certificate.packets.add(
        new TestSignature(revoker, 0x20, revokedAt)
            .hashed(TestSignature.reason(reason))
            .over(primary.hashed()));
    return certificate.user("Test <test@example.org>", created, self -> self.hashed(flags()));
  }

  /** Revokes the last subkey. */
  TestCertificate subkeyRevocation(
      TestKey subkey, Instant revokedAt, UnaryOperator<TestSignature> change) {
    byte[] content = Bytes.join(primary.hashed(), subkey.hashed());
    packets.add(change.apply(new TestSignature(primary, 0x28, revokedAt)).over(content));
    return this;
  }

  public TestCertificate subkey(TestKey subkey) {
    packets.add(Bytes.packet(14, subkey.body));
    return this;
  }

  public TestCertificate binding(
      TestKey binder, TestKey subkey, Instant created, UnaryOperator<TestSignature> change) {
    byte[] content = Bytes.join(primary.hashed(), subkey.hashed());
    packets.add(change.apply(new TestSignature(binder, 0x18, created)).over(content));
    return this;
  }

  /** Returns the embedded signature by which a subkey accepts its primary key. */
  public byte[] backSignature(TestKey by, TestKey subkey, Instant created) {
    byte[] content = Bytes.join(primary.hashed(), subkey.hashed());
    return Bytes.subpacket(32, new TestSignature(by, 0x19, created).bodyOver(content));
  }

  public byte[] packets() {
    return packets.get();
  }

  public byte[] armored() {
    return armor("PGP PUBLIC KEY BLOCK", packets()).getBytes(StandardCharsets.US_ASCII);
  }

  Certificate read() {
    List<Certificate> certificates = Certificate.readAll(armored());
    return certificates.get(0);
  }

  public static String armor(String label, byte[] data) {
    int crc = 0xB704CE;
    for (byte b : data) {
      crc ^= (b & 0xFF) << 16;
      for (int i = 0; i < 8; i++) {
        crc = (crc & 0x800000) == 0 ? crc << 1 : (crc << 1) ^ 0x1864CFB;
      }
    }
    byte[] sum = {(byte) (crc >> 16), (byte) (crc >> 8), (byte) crc};
    return "-----BEGIN "
        + label
        + "-----\n\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(data)
        + "\n="
        + Base64.getEncoder().encodeToString(sum)
        + "\n-----END "
        + label
        + "-----\n";
  }

  public static byte[] signatureArmor(byte[]... signatures) {
    return armor("PGP SIGNATURE", Bytes.join(signatures)).getBytes(StandardCharsets.US_ASCII);
  }
}
