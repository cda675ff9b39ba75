package io.github.prosodyoci.packages.apk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.FailureCode;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.ArchiveCode;
import io.github.prosodyoci.core.archive.RawTar;
import io.github.prosodyoci.packages.PackageCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
class TrustedKeysTest {

  private static final byte[] DATA = RawApk.gzip(new RawTar().file("hi", "hi").end());
  private static KeyPair trusted;
  private static KeyPair other;

  @TempDir Path folder;
  private TrustedKeys keys;

  @BeforeAll
  static void makeKeys() throws Exception {
    trusted = pair("RSA", 2048);
    other = pair("RSA", 2048);
  }

  private static KeyPair pair(String algorithm, int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  @BeforeEach
  void writeKeys() throws IOException {
    write("k.rsa.pub", trusted.getPublic());
    write("second.rsa.pub", other.getPublic());
    Files.writeString(folder.resolve("README"), "not a key");
    keys = TrustedKeys.read(folder);
  }

  private void write(String name, PublicKey key) throws IOException {
    Files.writeString(folder.resolve(name), Pem.text("PUBLIC KEY", key.getEncoded()));
  }

  /** Gathers signatures of one package. */
  private static final class Signed {
    private final RawApk apk = RawApk.of(RawApk.pkgInfo(DATA), DATA);
    private final RawTar signatures = new RawTar();

    Signed by(PrivateKey key, String java, String name) {
      signatures.file(name, RawApk.signature(key, java, apk.first()));
      return this;
    }

    RawApk apk() {
      return apk.signedBy(signatures.cut());
    }
  }

  private Apk read(RawApk apk, TrustedKeys with) throws IOException {
    return Apk.read(Files.write(folder.resolve("x.apk"), apk.bytes()), with);
  }

  private void assertRefused(RawApk apk, TrustedKeys with, FailureCode code, String part) {
    assertThatThrownBy(() -> read(apk, with))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failureCode()).as(e.getMessage()).isEqualTo(code))
        .hasMessageContaining(part);
  }

  @Test
  void read_keysThatAreNone_areNamed() throws IOException {
    Path keyFolder = Files.createDirectories(folder.resolve("keys"));
    Path key = keyFolder.resolve("x.rsa.pub");
    Files.write(key, new byte[] {0x30, (byte) 0x82, 1, (byte) 0xff});
    assertNoKey(keyFolder);
    Files.delete(key);
    Files.createDirectory(key);
    assertNoKey(keyFolder);
    Files.delete(key);
    Files.createSymbolicLink(key, Path.of("nowhere"));
    assertNoKey(keyFolder);
  }

  private static void assertNoKey(Path folder) {
    assertThatThrownBy(() -> TrustedKeys.read(folder))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failureCode()).isEqualTo(CommonCode.CONFIGURATION))
        .hasMessageContaining("x.rsa.pub");
  }

  @Test
  void read_unknownKeyThenTrustedOne_isAccepted() throws IOException {
    RawApk apk =
        new Signed()
            .by(other.getPrivate(), "SHA256withRSA", ".SIGN.RSA256.unknown.rsa.pub")
            .by(trusted.getPrivate(), "SHA256withRSA", ".SIGN.RSA256.k.rsa.pub")
            .apk();
    assertThat(read(apk, keys).signature()).contains("RSA256.k.rsa.pub");
  }

  @Test
  void read_sha512_isAccepted() throws IOException {
    RawApk apk =
        new Signed().by(trusted.getPrivate(), "SHA512withRSA", ".SIGN.RSA512.k.rsa.pub").apk();
    assertThat(read(apk, keys).signature()).contains("RSA512.k.rsa.pub");
  }

  @Test
  void read_dsa_isRefused() throws Exception {
    RawApk apk =
        new Signed()
            .by(pair("DSA", 2048).getPrivate(), "SHA256withDSA", ".SIGN.DSA.k.rsa.pub")
            .apk();
    assertRefused(apk, keys.withSha1Exception(), PackageCode.APK_WEAK_SIGNATURE, "DSA.k.rsa.pub");
  }

  @Test
  void read_sha1_isAcceptedByExceptionOnlyAndShown() throws IOException {
    RawApk apk = new Signed().by(trusted.getPrivate(), "SHA1withRSA", ".SIGN.RSA.k.rsa.pub").apk();
    assertRefused(apk, keys, PackageCode.APK_WEAK_SIGNATURE, "exception");
    assertThat(read(apk, keys.withSha1Exception()).signature()).contains("RSA.k.rsa.pub");
  }

  @Test
  void read_trustedNameButOtherKey_isRefused() {
    RawApk apk =
        new Signed().by(other.getPrivate(), "SHA256withRSA", ".SIGN.RSA256.k.rsa.pub").apk();
    assertRefused(apk, keys, PackageCode.APK_SIGNATURE, "the signature is wrong");
  }

  @Test
  void read_sha1AndAWrongStrongOne_isRefusedAsWrong() {
    RawApk apk =
        new Signed()
            .by(trusted.getPrivate(), "SHA1withRSA", ".SIGN.RSA.k.rsa.pub")
            .by(other.getPrivate(), "SHA256withRSA", ".SIGN.RSA256.k.rsa.pub")
            .apk();
    assertRefused(apk, keys, PackageCode.APK_SIGNATURE, "the signature is wrong");
  }

  @Test
  void read_signatureOfAnotherKind_isRefused() {
    RawApk apk =
        new Signed().by(trusted.getPrivate(), "SHA1withRSA", ".SIGN.RSA256.k.rsa.pub").apk();
    assertRefused(
        apk, keys.withSha1Exception(), PackageCode.APK_SIGNATURE, "the signature is wrong");
  }

  @Test
  void read_signatureOfSomethingElse_isRefused() {
    RawApk apk = RawApk.of(RawApk.pkgInfo(DATA), DATA);
    byte[] signature = RawApk.signature(trusted.getPrivate(), "SHA256withRSA", DATA);
    apk.signedBy(new RawTar().file(".SIGN.RSA256.k.rsa.pub", signature).cut());
    assertRefused(apk, keys, PackageCode.APK_SIGNATURE, "the signature is wrong");
  }

  @Test
  void read_noSignature_isRefused() {
    assertRefused(
        RawApk.of(RawApk.pkgInfo(DATA), DATA), keys, PackageCode.APK_SIGNATURE, "not signed");
  }

  @Test
  void read_emptySignature_isRefused() {
    RawApk apk = RawApk.of(RawApk.pkgInfo(DATA), DATA);
    apk.signedBy(new RawTar().file(".SIGN.RSA256.k.rsa.pub", "").cut());
    assertRefused(apk, keys, PackageCode.APK_SIGNATURE, "the signature is wrong");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {".SIGN.RSA256...", ".SIGN.RSA256.", ".SIGN.RSA256.-k", ".SIGN.RSA256.k k"})
  void read_keyNameThatIsNone_isRefused(String entry) {
    assertRefused(
        new Signed().by(trusted.getPrivate(), "SHA256withRSA", entry).apk(),
        keys,
        PackageCode.BAD_NAME,
        "key name");
  }

  @Test
  void read_keyNameThatLeadsElsewhere_isRefused() {
    assertRefused(
        new Signed().by(trusted.getPrivate(), "SHA256withRSA", ".SIGN.RSA256.../../k").apk(),
        keys,
        ArchiveCode.TAR_ESCAPE,
        "plain relative path");
  }

  @Test
  void keys_shortOrDamaged_areRefused() throws Exception {
    Path bad = Files.createDirectories(folder.resolve("bad"));
    Files.writeString(
        bad.resolve("short.rsa.pub"),
        Pem.text("PUBLIC KEY", pair("RSA", 1024).getPublic().getEncoded()));
    assertThatThrownBy(() -> TrustedKeys.read(bad))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failureCode()).isEqualTo(PackageCode.APK_WEAK_SIGNATURE))
        .hasMessageContaining("1024 bits");
    for (String text :
        java.util.List.of(
            "",
            "-----BEGIN PUBLIC KEY-----",
            "-----BEGIN PUBLIC KEY-----\n*\n-----END PUBLIC KEY-----\n",
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
            Pem.text("PUBLIC KEY", pair("DSA", 1024).getPublic().getEncoded()))) {
      Files.writeString(bad.resolve("short.rsa.pub"), text);
      assertThatThrownBy(() -> TrustedKeys.read(bad))
          .isInstanceOfSatisfying(
              FailureException.class,
              e -> assertThat(e.failureCode()).isEqualTo(CommonCode.CONFIGURATION))
          .hasMessageContaining("short.rsa.pub");
    }
  }

  @Test
  void names_areThoseOfTheFiles() {
    assertThat(keys.names()).containsExactly("k.rsa.pub", "second.rsa.pub");
  }
}
