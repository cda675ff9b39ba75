package io.github.prosodyoci.verify.openpgp;

import static io.github.prosodyoci.verify.openpgp.SignatureSyntaxTest.code;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.CERTIFICATE;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.KEY;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.OTHER;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.SIGNED;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.verifier;
import static io.github.prosodyoci.verify.openpgp.TestCertificate.armor;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.verify.VerifyCode;
import io.github.prosodyoci.verify.openpgp.SignatureResult.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clear-signed messages: what surrounds them, dashes, headers, control characters, truncation. */
public class ClearSignedTest {

  private static final String TEXT =
      "Origin: Debian\nSuite: stable\nSHA256:\n 00 1 a\n\n- dash\n-----BEGIN x\nFrom here";
  private static final String END = "-----END PGP SIGNATURE-----\n";

  public static String frame(String text, byte[]... signatures) {
    return "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
        + text.replaceAll("(?m)^-", "- -")
        + "\n"
        + armor("PGP SIGNATURE", Bytes.join(signatures));
  }

  public static byte[] sign(TestKey key, String text) {
    return new TestSignature(key, 1, SIGNED).overText(text);
  }

  private static String message() {
    return frame(TEXT, sign(KEY, TEXT));
  }

  private static ClearSigned split(String file) {
    return ClearSigned.split(file.getBytes(StandardCharsets.UTF_8));
  }

  private static SignatureReport verify(String file) {
    return verifier().clearSigned(split(file), List.of(CERTIFICATE));
  }

  private static void assertRefused(String file, VerifyCode expected) {
    assertThat(code(() -> verify(file).good())).isEqualTo(expected);
  }

  @Test
  void split_ordinaryMessage_yieldsTheSignedText() {
    assertThat(split(message()).text()).isEqualTo(TEXT);
    assertThat(verify(message()).good().signer()).isEqualTo(KEY.fingerprint());
  }

  @Test
  void clearSigned_threeSignaturesOnePinned_isGoodAndSaysSo() {
    TestKey third = TestKey.ed25519(7, SIGNED.minusSeconds(10));
    SignatureReport report =
        verify(frame(TEXT, sign(OTHER, TEXT), sign(KEY, TEXT), sign(third, TEXT)));

    assertThat(report.signatures())
        .extracting(SignatureResult::verdict)
        .containsExactly(Verdict.UNKNOWN, Verdict.GOOD, Verdict.UNKNOWN);
  }

  @Test
  void clearSigned_secondSignatureBlock_isRead() {
    String file = message() + armor("PGP SIGNATURE", sign(OTHER, TEXT));

    assertThat(verify(file).signatures()).hasSize(2);
  }

  @Test
  void clearSigned_changedText_isBadSignature() {
    assertRefused(message().replace("stable", "Stable"), VerifyCode.BAD_SIGNATURE);
    assertRefused(message().replace("\n 00 1 a\n\n", "\n 00 1 a\n"), VerifyCode.BAD_SIGNATURE);
  }

  @Test
  void split_textAfterEnd_isTrailing() {
    assertRefused(message() + "SHA256:\n 11 1 a\n", VerifyCode.CLEARSIGN_TRAILING);
    assertRefused(message() + "\n\n \n", VerifyCode.CLEARSIGN_TRAILING);
    assertRefused(
        message() + "x\n" + armor("PGP SIGNATURE", sign(OTHER, TEXT)),
        VerifyCode.CLEARSIGN_TRAILING);
  }

  @Test
  void split_textBeforeBegin_isLeading() {
    assertRefused("SHA256:\n 11 1 a\n" + message(), VerifyCode.CLEARSIGN_LEADING);
    assertRefused("\n" + message(), VerifyCode.CLEARSIGN_LEADING);
    assertRefused("", VerifyCode.CLEARSIGN_LEADING);
    assertRefused("<html>", VerifyCode.CLEARSIGN_LEADING);
    assertRefused(
        message().replace("MESSAGE-----\n", "MESSAGE----- \n"), VerifyCode.CLEARSIGN_LEADING);
  }

  @Test
  void split_twoMessages_areMultiple() {
    assertRefused(message() + message(), VerifyCode.CLEARSIGN_MULTIPLE);
    assertRefused(
        message().replace("- - dash", "-----BEGIN PGP SIGNED MESSAGE-----"),
        VerifyCode.CLEARSIGN_MULTIPLE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-XSHA256:", "--x", "-", "-\t", "-----BEGIN PGP SIGNATURE----- "})
  void split_dashNotEscaped_isRefused(String line) {
    assertRefused(message().replace("- - dash", line), VerifyCode.CLEARSIGN_DASH);
  }

  @Test
  void split_everyTruncation_isRefused() {
    byte[] file = message().getBytes(StandardCharsets.UTF_8);
    for (int length = 0; length < file.length - 1; length++) {
      String part = new String(file, 0, length, StandardCharsets.UTF_8);
      assertThat(code(() -> verify(part)))
          .as(part)
          .isIn(
              VerifyCode.CLEARSIGN_TRUNCATED,
              VerifyCode.CLEARSIGN_LEADING,
              VerifyCode.CLEARSIGN_HEADER,
              VerifyCode.CLEARSIGN_DASH);
    }
    assertRefused(message().replace(END, ""), VerifyCode.CLEARSIGN_TRUNCATED);
  }

  @Test
  void split_blanksAndCarriageReturnsAdded_yieldsTheSignedText() {
    String changed =
        message()
            .replace("Suite: stable\n", "Suite: stable \t \n")
            .replace("\n 00 1 a\n\n", "\n 00 1 a  \n\t\n")
            .replace("\n", "\r\n");

    assertThat(split(changed).text()).isEqualTo(TEXT);
    assertThat(verify(changed).good().signer()).isEqualTo(KEY.fingerprint());
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r", "\0", "\f", "\u000b", "\u001b", "\ufeff", "\u007f"})
  void split_controlCharacterInTextOrHeader_isRefused(String control) {
    assertRefused(
        message().replace("Debian", "Deb" + control + "ian"), VerifyCode.CLEARSIGN_CONTROL);
    assertRefused(
        message().replace("SHA256\n", "SHA256" + control + "x\n"), VerifyCode.CLEARSIGN_CONTROL);
    assertRefused(control + "x" + message(), VerifyCode.CLEARSIGN_CONTROL);
  }

  @Test
  void split_badUtf8OrOverlongLine_isRefused() {
    byte[] file = message().replace("Debian", "Deb?ian").getBytes(StandardCharsets.UTF_8);
    file[message().indexOf("Debian") + 3] = (byte) 0xFF;
    assertThat(code(() -> ClearSigned.split(file))).isEqualTo(VerifyCode.CLEARSIGN_CONTROL);
    assertRefused(message().replace("Debian", "x".repeat(20_000)), VerifyCode.CLEARSIGN_CONTROL);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Hash: SHA256\nOrigin: Evil\n\n",
        "NotDashEscaped: yes\n\n",
        "Hash: MD5\n\n",
        "Hash: SHA256,MD5\n\n",
        "Hash: sha256\n\n",
        "Hash: \n\n",
        "Hash: SHA256\n \n",
        "Hash: SHA256\n\t\n\n",
        "\n"
      })
  void split_otherHeaders_areRefused(String headers) {
    assertRefused(message().replace("Hash: SHA256\n\n", headers), VerifyCode.CLEARSIGN_HEADER);
  }

  @Test
  void clearSigned_binarySignature_isWrongType() {
    byte[] bytes = TEXT.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
    assertRefused(frame(TEXT, new TestSignature(KEY, 0, SIGNED).over(bytes)), VerifyCode.SIG_TYPE);
  }

  @Test
  void split_otherBlockInsteadOfSignature_isRefused() {
    String other = armor("PGP PUBLIC KEY BLOCK", CERTIFICATE_PACKETS);
    assertRefused(message() + other, VerifyCode.CLEARSIGN_TRAILING);
    assertRefused(frame(TEXT, CERTIFICATE_PACKETS), VerifyCode.SIG_SYNTAX);
  }

  private static final byte[] CERTIFICATE_PACKETS = TestCertificate.of(KEY, SIGNED).packets();
}
