package io.github.prosodyoci.verify;

import static io.github.prosodyoci.verify.openpgp.SignatureSyntaxTest.code;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.BORN;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.KEY;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.OTHER;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.verify.openpgp.Bytes;
import io.github.prosodyoci.verify.openpgp.Certificate;
import io.github.prosodyoci.verify.openpgp.TestCertificate;
import io.github.prosodyoci.verify.openpgp.TestKey;
import io.github.prosodyoci.verify.openpgp.TestSignature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustFolderTest {

  @TempDir private Path folder;
  private final byte[] certificate = TestCertificate.of(KEY, BORN).armored();

  @BeforeEach
  void writeCertificate() throws IOException {
    Files.write(folder.resolve("key.asc"), certificate);
  }

  private void describe(String yaml) throws IOException {
    Files.writeString(folder.resolve("trust.yaml"), yaml);
  }

  private static String pin(byte[] file) {
    return "certificates:\n  - file: key.asc\n    sha256: " + Digest.of(file).hex() + "\n";
  }

  @Test
  void certificates_byFingerprint_areFound() throws IOException {
    TrustFolder trust = TrustFolder.read(folder);

    assertThat(trust.certificates(List.of(KEY.fingerprint())))
        .extracting(Certificate::fingerprint)
        .containsExactly(KEY.fingerprint());
    assertThat(code(() -> trust.certificates(List.of(OTHER.fingerprint()))))
        .isEqualTo(VerifyCode.TRUST);
  }

  @Test
  void read_missingFolder_isEmpty() throws IOException {
    TrustFolder trust = TrustFolder.read(folder.resolve("none"));

    assertThat(code(() -> trust.certificates(List.of(KEY.fingerprint()))))
        .isEqualTo(VerifyCode.TRUST);
  }

  @Test
  void read_binaryAndSeveralBlocks_areRead() throws IOException {
    Files.write(folder.resolve("key.asc"), new byte[0]);
    Files.write(
        folder.resolve("key.asc"),
        Bytes.join(certificate, TestCertificate.of(OTHER, BORN).armored()));
    TestKey third = TestKey.ed25519(30, BORN);
    Files.write(folder.resolve("third.gpg"), TestCertificate.of(third, BORN).packets());

    assertThat(
            TrustFolder.read(folder)
                .certificates(List.of(KEY.fingerprint(), OTHER.fingerprint(), third.fingerprint())))
        .hasSize(3);
  }

  @Test
  void read_pinnedFileUnchanged_isAccepted() throws IOException {
    describe(pin(certificate));

    assertThat(TrustFolder.read(folder).files()).containsOnlyKeys("key.asc", "trust.yaml");
  }

  @Test
  void read_certificateChangedByOneUnhashedSubpacket_isPinMismatch() throws IOException {
    describe(pin(certificate));
    byte[] changed =
        new TestCertificate(KEY)
            .user(
                "Test <test@example.org>",
                BORN,
                self ->
                    self.hashed(TestSignature.flags(3))
                        .unhashed(Bytes.subpacket(26, new byte[] {'x'})))
            .armored();
    Files.write(folder.resolve("key.asc"), changed);

    assertThat(code(() -> TrustFolder.read(folder))).isEqualTo(VerifyCode.PIN_MISMATCH);
  }

  @Test
  void read_certificateNotListed_isPinMismatch() throws IOException {
    describe(pin(certificate));
    Files.write(folder.resolve("other.asc"), TestCertificate.of(OTHER, BORN).armored());

    assertThat(code(() -> TrustFolder.read(folder))).isEqualTo(VerifyCode.PIN_MISMATCH);
  }

  @Test
  void certificates_notACertificate_isRefusedWithItsName() throws IOException {
    for (byte[] content :
        List.of(
            new byte[0],
            "<html>".getBytes(StandardCharsets.US_ASCII),
            TestCertificate.signatureArmor(new TestSignature(KEY, 0, BORN).over(new byte[0])),
            // a trust packet and a secret key have no business here
            Bytes.join(TestCertificate.of(KEY, BORN).packets(), Bytes.packet(12, new byte[] {1})),
            Bytes.packet(5, KEY.body),
            Bytes.packet(6, new byte[] {4, 0, 0}),
            Bytes.packet(6, new byte[] {4, 0, 0, 0, 0, 22, 127, 1}))) {
      Files.write(folder.resolve("key.asc"), content);

      assertThat(code(() -> TrustFolder.read(folder).certificates(List.of(KEY.fingerprint()))))
          .isEqualTo(VerifyCode.TRUST);
    }
  }

  @Test
  void certificates_sameCertificateTwice_isRefused() throws IOException {
    Files.write(folder.resolve("again.asc"), certificate);

    assertThat(code(() -> TrustFolder.read(folder).certificates(List.of(KEY.fingerprint()))))
        .isEqualTo(VerifyCode.TRUST);
  }

  @Test
  void suite_namedKeys_areFound() throws IOException {
    describe("suites:\n  trixie: [" + KEY.fingerprint() + "]\n");
    TrustFolder trust = TrustFolder.read(folder);

    assertThat(trust.suite("trixie")).hasSize(1);
    assertThat(code(() -> trust.suite("forky"))).isEqualTo(VerifyCode.TRUST);
  }
}
