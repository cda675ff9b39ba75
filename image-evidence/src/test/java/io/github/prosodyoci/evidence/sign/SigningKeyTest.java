package io.github.prosodyoci.evidence.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.evidence.EvidenceCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("slow")
final class SigningKeyTest {

  private static final Digest IMAGE = Digest.of(new byte[] {1});

  @TempDir private Path folder;

  static List<String> kinds() {
    return List.of(Keys.ed25519(), Keys.p256());
  }

  private static Statement statement() {
    return Statement.about("server", IMAGE, "https://example.org/type", Map.of("a", "b"));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void sign_bytes_verifiesWithItsPublicHalfAlone(String pem) {
    SigningKey key = SigningKey.parse("test", pem);
    byte[] bytes = "text".getBytes(StandardCharsets.UTF_8);

    byte[] signature = key.sign(bytes);

    assertThat(key.verifyingKey("a").verifies(bytes, signature)).isTrue();
    assertThat(key.verifyingKey("a").verifies(new byte[] {1}, signature)).isFalse();
    assertThat(key.verifyingKey("a").verifies(bytes, new byte[] {1, 2, 3})).isFalse();
    assertThat(key.sign(bytes)).isEqualTo(signature);
    for (String other : kinds()) {
      assertThat(SigningKey.parse("other", other).verifyingKey("b").verifies(bytes, signature))
          .isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void sign_keyAndSignature_areOnesThatOpensslAccepts(String pem) throws Exception {
    SigningKey key = SigningKey.parse("test", pem);
    Path message = Files.writeString(folder.resolve("message"), "text");
    Path publicKey = Files.writeString(folder.resolve("key.pub"), key.publicPem());
    Path signature =
        Files.write(folder.resolve("signature"), key.sign(Files.readAllBytes(message)));
    List<String> command =
        new ArrayList<>(
            List.of(
                "openssl",
                "pkeyutl",
                "-verify",
                "-pubin",
                "-rawin",
                "-inkey",
                publicKey.toString(),
                "-in",
                message.toString(),
                "-sigfile",
                signature.toString()));
    if (pem.length() > 150) {
      command.addAll(List.of("-digest", "sha256"));
    }

    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();

    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .contains("Signature Verified Successfully");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void envelope_ofStatement_isReadBackAndNamesItsSigner(String pem) {
    SigningKey key = SigningKey.parse("test", pem);
    VerifyingKey stranger = SigningKey.parse("x", Keys.p256()).verifyingKey("stranger");

    Envelope read = Envelope.parse("a bundle", Envelope.sign(statement(), key));

    assertThat(read.signer(List.of(stranger, key.verifyingKey("me"))))
        .hasValueSatisfying(found -> assertThat(found.name()).isEqualTo("me"));
    assertThat(read.signer(List.of(stranger))).isEmpty();
    assertThat(read.statement("a bundle").isAbout(IMAGE)).isTrue();
    assertThat(read.statement("a bundle").isAbout(Digest.of(new byte[] {2}))).isFalse();
  }

  @Test
  void envelope_payloadTypeChanged_isNotSigned() {
    SigningKey key = SigningKey.parse("test", Keys.ed25519());
    String bundle = new String(Envelope.sign(statement(), key), StandardCharsets.UTF_8);

    Envelope other =
        Envelope.parse(
            "a bundle",
            bundle.replace(Statement.PAYLOAD_TYPE, "text/plain").getBytes(StandardCharsets.UTF_8));

    assertThat(other.signer(List.of(key.verifyingKey("me")))).isEmpty();
  }

  @Test
  void envelope_cutOffAnywhere_isDamaged() {
    byte[] bundle = Envelope.sign(statement(), SigningKey.parse("test", Keys.ed25519()));

    for (int length = 0; length < bundle.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(bundle, length);
      FailureException refused =
          catchThrowableOfType(FailureException.class, () -> Envelope.parse("the provenance", cut));
      assertThat(refused.failureCode()).isEqualTo(EvidenceCode.BUNDLE_DAMAGED);
      assertThat(refused).hasMessageContaining("Could not read the provenance: ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"dsseEnvelope\":{}}",
        "{\"dsseEnvelope\":{\"payload\":\"?\",\"payloadType\":\"x\",\"signatures\":[]}}",
        "[]",
        "null"
      })
  void envelope_notOne_isDamaged(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);

    FailureException refused =
        catchThrowableOfType(FailureException.class, () -> Envelope.parse("it", bytes));

    assertThat(refused.failureCode()).isEqualTo(EvidenceCode.BUNDLE_DAMAGED);
  }

  @Test
  void envelope_withoutUsableSignature_isNotSigned() {
    String bundle =
        "{\"dsseEnvelope\":{\"payload\":\"\",\"payloadType\":\"x\",\"signatures\":[null,{}]}}";

    Envelope read = Envelope.parse("it", bundle.getBytes(StandardCharsets.UTF_8));

    VerifyingKey key = SigningKey.parse("k", Keys.p256()).verifyingKey("k");
    assertThat(read.signer(List.of(key))).isEmpty();
  }

  @Test
  void simpleSigning_payload_namesTheImage() {
    byte[] payload = SimpleSigning.payload("registry.example/server", IMAGE);

    assertThat(new String(payload, StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"critical\":{\"identity\":{\"docker-reference\":\"registry.example/server\"},"
                + "\"image\":{\"docker-manifest-digest\":\""
                + IMAGE
                + "\"},\"type\":\"cosign container image signature\"}}");
    assertThat(SimpleSigning.image(payload)).isEqualTo(IMAGE);
  }

  @Test
  void parse_keyOfOtherKindOrForm_isRefusedWithoutShowingIt() {
    String curve = Keys.make("EC", "secp384r1");
    String rsa = Keys.make("RSA", null);
    String damaged = Keys.p256().replaceFirst("\nM[^\n]{20}", "\nMAAAAAAAAAAAAAAAAAAAA");
    String encrypted = Keys.p256().replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");

    for (String pem : List.of(curve, rsa, damaged, encrypted, "", "secret123")) {
      FailureException refused =
          catchThrowableOfType(FailureException.class, () -> SigningKey.parse("k.pem", pem));
      assertThat(refused.failureCode()).isEqualTo(EvidenceCode.BAD_KEY);
      assertThat(refused).hasMessageContaining("Could not use the signing key k.pem: ");
      String shown = refused.getMessage() + refused.getCause();
      assertThat(shown).doesNotContain("secret123");
      pem.lines()
          .filter(line -> line.length() > 30)
          .forEach(line -> assertThat(shown).doesNotContain(line.substring(0, 20)));
    }
    assertThat(SigningKey.parse("k", Keys.ed25519()).toString()).startsWith("key sha256:");
  }

  @Test
  void trusted_privateKeyOrOtherCurve_isRefused() {
    for (String pem : List.of(Keys.p256(), "nothing")) {
      FailureException refused =
          catchThrowableOfType(FailureException.class, () -> VerifyingKey.parse("k.pub", pem));
      assertThat(refused.failureCode()).isEqualTo(EvidenceCode.BAD_KEY);
    }
  }

  @Test
  void trusted_certificateExpired_isRefused() throws Exception {
    Path key = Files.writeString(folder.resolve("key.pem"), Keys.p256());
    Path certificate = folder.resolve("certificate.pem");
    Process made =
        new ProcessBuilder(
                "openssl",
                "req",
                "-x509",
                "-new",
                "-key",
                key.toString(),
                "-days",
                "2",
                "-subj",
                "/CN=Signer",
                "-out",
                certificate.toString())
            .redirectErrorStream(true)
            .start();
    assertThat(made.waitFor()).isZero();
    VerifyingKey trusted = VerifyingKey.parse("signer", Files.readString(certificate));

    trusted.requireValid(Instant.now());
    assertThat(trusted.fingerprint())
        .isEqualTo(
            SigningKey.parse("key", Files.readString(key)).verifyingKey("key").fingerprint());
    for (Instant wrong :
        List.of(Instant.now().plusSeconds(3 * 86400), Instant.now().minusSeconds(3 * 86400))) {
      FailureException refused =
          catchThrowableOfType(FailureException.class, () -> trusted.requireValid(wrong));
      assertThat(refused.failureCode()).isEqualTo(EvidenceCode.CERTIFICATE_EXPIRED);
      assertThat(refused).hasMessageContaining("Could not use the trusted key signer: ");
    }
  }
}
