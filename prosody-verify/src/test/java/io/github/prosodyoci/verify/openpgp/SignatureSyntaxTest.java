package io.github.prosodyoci.verify.openpgp;

import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.CERTIFICATE;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.DATA;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.KEY;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.SIGNED;
import static io.github.prosodyoci.verify.openpgp.TestCertificate.armor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.verify.VerifyCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not one plain signature file. */
public class SignatureSyntaxTest {

  private static final byte[] SIGNATURE = new TestSignature(KEY, 0, SIGNED).over(DATA);
  private static final String ARMORED = armor("PGP SIGNATURE", SIGNATURE);

  public static VerifyCode code(ThrowingCallable call) {
    FailureException exception = catchThrowableOfType(FailureException.class, call);
    assertThat(exception).as("it should be refused").isNotNull();
    assertThat(exception).hasMessageContaining("(" + exception.failureCode().text() + ")");
    return (VerifyCode) exception.failureCode();
  }

  private static SignatureReport verify(byte[] file) {
    return SignatureVerifierTest.report(file, DATA, List.of(CERTIFICATE), Set.of());
  }

  private static SignatureReport verify(String file) {
    return verify(file.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static void assertRefused(String file) {
    assertThat(code(() -> verify(file))).isEqualTo(VerifyCode.SIG_SYNTAX);
  }

  private static void assertRefused(byte[] file) {
    assertThat(code(() -> verify(file))).isEqualTo(VerifyCode.SIG_SYNTAX);
  }

  @Test
  void armor_withHeadersAndCarriageReturns_isRead() {
    String headers =
        ARMORED.replace("\n\n", "\nVersion: GnuPG v2\nComment:\n\n").replace("\n", "\r\n");

    assertThat(verify(headers).good().signer()).isEqualTo(KEY.fingerprint());
  }

  @Test
  void armor_withoutChecksum_isRead() {
    assertThat(verify(ARMORED.replaceAll("\n=....\n", "\n")).good().signer())
        .isEqualTo(KEY.fingerprint());
  }

  @Test
  void armor_textAround_isRefused() {
    assertRefused("Here it is:\n" + ARMORED);
    assertRefused("\n" + ARMORED);
    assertRefused(ARMORED + "Yours\n");
    assertRefused(ARMORED + "\n\nYours\n");
  }

  @Test
  void armor_secondBlock_isRefused() {
    assertRefused(ARMORED + ARMORED);
  }

  @Test
  void armor_withoutEnd_isRefused() {
    assertRefused(ARMORED.replaceAll("-----END.*\n", ""));
    assertRefused(ARMORED.replaceAll("-----END.*\n", "-----END PGP MESSAGE-----\n"));
  }

  @Test
  void armor_wrongChecksum_isRefused() {
    assertRefused(ARMORED.replaceAll("\n=....\n", "\n=AAAA\n"));
    assertRefused(ARMORED.replaceAll("\n=....\n", "\n=A\n"));
  }

  @Test
  void armor_otherLabel_isRefused() {
    assertRefused(ARMORED.replace("PGP SIGNATURE", "PGP MESSAGE"));
  }

  @Test
  void armor_missingEmptyLineOrUnknownHeader_isRefused() {
    assertRefused(ARMORED.replace("\n\n", "\n"));
    assertRefused(ARMORED.replace("\n\n", "\nOrigin: Evil\n\n"));
    assertRefused(ARMORED.replace("\n\n", "\n \n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n",
        "<!DOCTYPE html>\n<html><body>404</body></html>",
        "404 Not Found",
        "-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n",
        "-----BEGIN PGP SIGNATURE-----\n\n=twTO\n-----END PGP SIGNATURE-----\n"
      })
  void file_notASignature_isRefused(String file) {
    assertThatThrownBy(() -> verify(file))
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> assertThat(e.failureCode()).isEqualTo(VerifyCode.SIG_SYNTAX))
        .hasMessageContaining("not a signature");
  }

  @Test
  void file_keyBlock_isRefused() {
    assertRefused(TestCertificate.of(KEY, SIGNED).armored());
    assertRefused(TestCertificate.of(KEY, SIGNED).packets());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 8, 10, 11, 18, 60})
  void packets_otherKindBesideSignature_isRefused(int tag) {
    byte[] other = Bytes.packet(tag, new byte[] {1, 2, 3});

    assertRefused(Bytes.join(SIGNATURE, other));
    assertRefused(Bytes.join(other, SIGNATURE));
    assertRefused(armor("PGP SIGNATURE", Bytes.join(SIGNATURE, other)));
  }

  @Test
  void packets_hostileLengths_areRefused() {
    assertRefused(new Bytes().add(0xC2, 0xFF).four(0xFFFFFFFFL).add(4).get());
    assertRefused(new Bytes().add(0xC2, 0xFF).four(0x7FFFFFFFL).get());
    assertRefused(new Bytes().add(0xC2, 0xE1, 4, 0).get());
    assertRefused(new Bytes().add(0x8B, 4, 0).get());
    assertRefused(new Bytes().add(0xC2).get());
    assertRefused(new Bytes().add(0xC2, 0).get());
  }

  @Test
  void packets_subpacketOverrun_isRefused() {
    assertRefused(Bytes.packet(2, new byte[] {4, 0, 22, 8, 0, 3, 9, 2, 0, 0, 0, 0, 0}));
    assertRefused(Bytes.packet(2, new byte[] {4, 0, 22, 8, 0, 2, 0, 2, 0, 0, 0, 0}));
    assertRefused(
        Bytes.packet(2, new byte[] {4, 0, 22, 8, 0, 6, -1, -1, -1, -1, -1, 2, 0, 0, 0, 0}));
    assertRefused(Bytes.packet(2, new byte[] {4, 0, 22, 8, -1, -1}));
    assertRefused(Bytes.packet(2, new byte[] {6, 0, 27, 8, -1, -1, -1, -1}));
  }

  @Test
  void packets_cutInsideTheNumbers_isRefused() {
    byte[] body = new TestSignature(KEY, 0, SIGNED).bodyOver(DATA);
    for (int cut = 1; cut < 70; cut++) {
      byte[] file = Bytes.packet(2, Arrays.copyOf(body, body.length - cut));
      assertThat(code(() -> verify(file).good()))
          .isIn(VerifyCode.SIG_SYNTAX, VerifyCode.BAD_SIGNATURE);
    }
  }

  @Test
  void packets_tooManySignatures_areRefused() {
    byte[][] many = new byte[65][];
    Arrays.fill(many, SIGNATURE);
    assertRefused(Bytes.join(many));
    byte[][] tenThousand = new byte[10_000][];
    Arrays.fill(tenThousand, SIGNATURE);
    assertRefused(Bytes.join(tenThousand));
  }

  @Test
  void packets_deeplyNestedEmbeddedSignatures_costLittle() {
    byte[] nested = new TestSignature(KEY, 0x19, SIGNED).bodyOver(DATA);
    for (int i = 0; i < 200; i++) {
      nested =
          new TestSignature(KEY, 0x19, SIGNED).unhashed(Bytes.subpacket(32, nested)).bodyOver(DATA);
    }
    byte[] file =
        new TestSignature(KEY, 0, SIGNED).unhashed(Bytes.subpacket(32, nested)).over(DATA);

    assertThat(verify(file).good().signer()).isEqualTo(KEY.fingerprint());
  }

  @Test
  void file_hugeHeaderOrChecksumLines_areRefusedQuickly() {
    assertRefused(ARMORED.replace("\n\n", "\nComment: " + "x".repeat(5_000_000) + "\n\n"));
    assertRefused(ARMORED.replace("\n\n", "\nComment: " + "x".repeat(5_000) + "\n\n"));
    assertRefused(ARMORED.replace("\n\n", "\nComment: x".repeat(100) + "\n\n"));
    assertRefused("-----BEGIN PGP SIGNATURE-----\n\n" + "=twTO".repeat(72_000));
    assertRefused("-----BEGIN PGP SIGNATURE-----\n\n" + "=twTO\n".repeat(20_000));
  }
}
