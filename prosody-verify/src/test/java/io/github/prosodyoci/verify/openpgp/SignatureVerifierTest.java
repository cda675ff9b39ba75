package io.github.prosodyoci.verify.openpgp;

import static io.github.prosodyoci.verify.openpgp.TestCertificate.CERTIFY;
import static io.github.prosodyoci.verify.openpgp.TestCertificate.CERTIFY_AND_SIGN;
import static io.github.prosodyoci.verify.openpgp.TestCertificate.ENCRYPT;
import static io.github.prosodyoci.verify.openpgp.TestCertificate.SIGN;
import static io.github.prosodyoci.verify.openpgp.TestCertificate.signatureArmor;
import static io.github.prosodyoci.verify.openpgp.TestSignature.created;
import static io.github.prosodyoci.verify.openpgp.TestSignature.expires;
import static io.github.prosodyoci.verify.openpgp.TestSignature.flags;
import static io.github.prosodyoci.verify.openpgp.TestSignature.keyExpires;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.recipe.Waiver;
import io.github.prosodyoci.verify.VerifyCode;
import io.github.prosodyoci.verify.openpgp.SignatureResult.Verdict;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bouncycastle.openpgp.api.OpenPGPDefaultPolicy;
import org.bouncycastle.openpgp.api.OpenPGPImplementation;
import org.bouncycastle.openpgp.api.bc.BcOpenPGPImplementation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which signatures count: expiry, revocation, bindings, digests, key sizes, times and types. */
public class SignatureVerifierTest {

  public static final Instant BORN = Instant.parse("2020-01-01T00:00:00Z");
  public static final Instant SIGNED = Instant.parse("2024-01-01T00:00:00Z");
  public static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  public static final byte[] DATA = "some data\n".getBytes(StandardCharsets.UTF_8);
  public static final TestKey KEY = TestKey.ed25519(1, BORN);
  public static final TestKey OTHER = TestKey.ed25519(2, BORN);
  public static final TestKey SUBKEY = TestKey.ed25519(3, BORN);
  public static final Certificate CERTIFICATE = TestCertificate.of(KEY, BORN).read();

  public static SignatureVerifier verifier() {
    return new SignatureVerifier(Clock.fixed(NOW, ZoneOffset.UTC));
  }

  public static SignatureReport report(
      byte[] signature, byte[] data, List<Certificate> signers, Set<Waiver> waivers) {
    try {
      return verifier().detached(signature, new ByteArrayInputStream(data), signers, waivers);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SignatureResult result(byte[] packet, Certificate signer) {
    return report(signatureArmor(packet), DATA, List.of(signer), Set.of()).signatures().get(0);
  }

  private static void assertBad(SignatureResult result, VerifyCode code) {
    assertThat(result.verdict()).as(result.reason()).isEqualTo(Verdict.BAD);
    assertThat(result.code()).as(result.reason()).contains(code);
  }

  private static byte[] signature() {
    return new TestSignature(KEY, 0, SIGNED).over(DATA);
  }

  @Test
  void detached_ordinarySignature_isGood() {
    SignatureResult result = result(signature(), CERTIFICATE);

    assertThat(result)
        .isEqualTo(
            new SignatureResult(
                Verdict.GOOD,
                Optional.empty(),
                "",
                KEY.fingerprint(),
                "Test <test@example.org>",
                Optional.of(SIGNED),
                "EdDSA-256, SHA-256",
                List.of()));
  }

  @Test
  void detached_binaryFile_isGood() {
    assertThat(report(signature(), DATA, List.of(CERTIFICATE), Set.of()).good().verdict())
        .isEqualTo(Verdict.GOOD);
  }

  @Test
  void detached_rsa2048_isGood() {
    TestKey rsa = TestKey.rsa(2048, 1, BORN);

    SignatureResult result =
        result(
            new TestSignature(rsa, 0, SIGNED).hash(10).over(DATA),
            TestCertificate.of(rsa, BORN).read());

    assertThat(result.verdict()).isEqualTo(Verdict.GOOD);
    assertThat(result.algorithm()).isEqualTo("RSA-2048, SHA-512");
  }

  @Test
  void detached_otherData_isBadSignature() {
    byte[] data = DATA.clone();
    data[0] ^= 1;

    SignatureReport report =
        report(signatureArmor(signature()), data, List.of(CERTIFICATE), Set.of());

    assertBad(report.signatures().get(0), VerifyCode.BAD_SIGNATURE);
  }

  @Test
  void best_onlyUnpinnedSigner_isWrongSigner() {
    SignatureReport report =
        report(
            signatureArmor(new TestSignature(OTHER, 0, SIGNED).over(DATA)),
            DATA,
            List.of(CERTIFICATE),
            Set.of());

    assertThat(SignatureSyntaxTest.code(report::best)).isEqualTo(VerifyCode.WRONG_SIGNER);
  }

  @Test
  void detached_goodAmongBadAndUnknown_isGoodInAnyOrder() {
    byte[] bad = new TestSignature(KEY, 0, SIGNED).over("other".getBytes(StandardCharsets.UTF_8));
    byte[] unknown = new TestSignature(OTHER, 0, SIGNED).over(DATA);

    for (byte[] file :
        List.of(
            signatureArmor(bad, unknown, signature()), signatureArmor(signature(), unknown, bad))) {
      SignatureReport report = report(file, DATA, List.of(CERTIFICATE), Set.of());

      assertThat(report.good().signer()).isEqualTo(KEY.fingerprint());
      assertThat(report.signatures())
          .extracting(SignatureResult::verdict)
          .containsExactlyInAnyOrder(Verdict.BAD, Verdict.UNKNOWN, Verdict.GOOD);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0x01, 0x02, 0x10, 0x13, 0x18, 0x19, 0x1F, 0x20, 0x40, 0x50})
  void detached_otherType_isRefused(int type) {
    assertBad(
        result(new TestSignature(KEY, type, SIGNED).over(DATA), CERTIFICATE), VerifyCode.SIG_TYPE);
  }

  @Test
  void detached_ownSelfSignatureReplayed_isRefused() {
    byte[] content = TestCertificate.userContent(KEY, "Test <test@example.org>");
    byte[] self = new TestSignature(KEY, 0x13, BORN).hashed(flags(CERTIFY_AND_SIGN)).over(content);

    SignatureReport report = report(signatureArmor(self), content, List.of(CERTIFICATE), Set.of());

    assertBad(report.signatures().get(0), VerifyCode.SIG_TYPE);
  }

  @ParameterizedTest
  @CsvSource({"3", "5", "2", "7"})
  void detached_otherVersion_isRefused(int version) {
    byte[] body = new TestSignature(KEY, 0, SIGNED).bodyOver(DATA);
    body[0] = (byte) version;

    assertBad(result(Bytes.packet(2, body), CERTIFICATE), VerifyCode.SIG_VERSION);
  }

  @Test
  void detached_keyExpiredSince_isGoodAndNoted() {
    Certificate certificate = expiring(Duration.between(BORN, SIGNED).toSeconds() + 60);

    SignatureResult result = result(signature(), certificate);

    assertThat(result.verdict()).as(result.reason()).isEqualTo(Verdict.GOOD);
    assertThat(result.notes()).containsExactly("key valid until 2024-01-01T00:01:00Z");
  }

  @Test
  void detached_keyExpiredBefore_isRefused() {
    assertBad(
        result(signature(), expiring(Duration.between(BORN, SIGNED).toSeconds() - 60)),
        VerifyCode.KEY_EXPIRED);
  }

  private static Certificate expiring(long seconds) {
    return new TestCertificate(KEY)
        .user("T", BORN, self -> self.hashed(flags(CERTIFY_AND_SIGN), keyExpires(seconds)))
        .read();
  }

  @Test
  void detached_expiryExtendedByNewerSelfSignature_isGood() {
    Certificate certificate =
        new TestCertificate(KEY)
            .user("T", BORN, self -> self.hashed(flags(CERTIFY_AND_SIGN), keyExpires(60)))
            .selfSignature("T", BORN.plusSeconds(30), self -> self.hashed(flags(CERTIFY_AND_SIGN)))
            .read();

    assertThat(result(signature(), certificate).verdict()).isEqualTo(Verdict.GOOD);
  }

  @Test
  void detached_expiryOnlyUnhashed_isIgnored() {
    Certificate certificate =
        new TestCertificate(KEY)
            .user("T", BORN, self -> self.hashed(flags(CERTIFY_AND_SIGN)).unhashed(keyExpires(60)))
            .read();

    assertThat(result(signature(), certificate).verdict()).isEqualTo(Verdict.GOOD);
  }

  @Test
  void detached_flagsOnlyUnhashed_areIgnored() {
    Certificate certificate =
        new TestCertificate(KEY)
            .user("T", BORN, self -> self.unhashed(flags(CERTIFY_AND_SIGN)))
            .read();

    assertBad(result(signature(), certificate), VerifyCode.KEY_NOT_SIGNING);
  }

  // reasons: 0 none, 1 superseded, 2 compromised, 3 retired (RFC 9580, section 5.2.3.31)
  @ParameterizedTest
  @CsvSource({
    "0, 2025-01-01T00:00:00Z, BAD",
    "2, 2025-01-01T00:00:00Z, BAD",
    "2, 2021-01-01T00:00:00Z, BAD",
    "1, 2025-01-01T00:00:00Z, GOOD",
    "3, 2025-01-01T00:00:00Z, GOOD",
    "1, 2021-01-01T00:00:00Z, BAD",
    "3, 2021-01-01T00:00:00Z, BAD"
  })
  void detached_revokedKey_dependsOnReasonAndTime(int reason, Instant revoked, Verdict verdict) {
    Certificate certificate = TestCertificate.revoked(KEY, KEY, BORN, revoked, reason).read();

    SignatureResult result = result(signature(), certificate);

    assertThat(result.verdict()).as(result.reason()).isEqualTo(verdict);
    if (verdict == Verdict.BAD) {
      assertThat(result.code()).contains(VerifyCode.KEY_REVOKED);
    } else {
      assertThat(result.notes()).contains("key retired after it signed");
    }
  }

  @Test
  void detached_revocationByForeignKey_isIgnored() {
    Certificate certificate =
        TestCertificate.revoked(KEY, OTHER, BORN, BORN.plusSeconds(1), 2).read();

    assertThat(result(signature(), certificate).verdict()).isEqualTo(Verdict.GOOD);
  }

  private static TestCertificate withSubkey() {
    return TestCertificate.of(KEY, BORN).subkey(SUBKEY);
  }

  private static SignatureResult bySubkey(TestCertificate certificate) {
    return result(new TestSignature(SUBKEY, 0, SIGNED).over(DATA), certificate.read());
  }

  @Test
  void detached_boundSigningSubkey_isGoodAndNamesThePrimaryKey() {
    TestCertificate certificate = withSubkey();
    byte[] back = certificate.backSignature(SUBKEY, SUBKEY, BORN);
    certificate.binding(KEY, SUBKEY, BORN, binding -> binding.hashed(flags(SIGN), back));

    SignatureResult result = bySubkey(certificate);

    assertThat(result.verdict()).as(result.reason()).isEqualTo(Verdict.GOOD);
    assertThat(result.signer()).isEqualTo(KEY.fingerprint());
  }

  @Test
  void detached_subkeyWithoutBackSignature_isRefused() {
    assertBad(
        bySubkey(withSubkey().binding(KEY, SUBKEY, BORN, binding -> binding.hashed(flags(SIGN)))),
        VerifyCode.KEY_NOT_SIGNING);
  }

  @Test
  void detached_subkeyWithForeignBackSignature_isRefused() {
    TestCertificate certificate = withSubkey();
    byte[] back = certificate.backSignature(OTHER, SUBKEY, BORN);

    assertBad(
        bySubkey(
            certificate.binding(KEY, SUBKEY, BORN, binding -> binding.hashed(flags(SIGN), back))),
        VerifyCode.KEY_NOT_SIGNING);
  }

  @Test
  void detached_subkeyBoundByForeignKey_isRefused() {
    TestCertificate certificate = withSubkey();
    byte[] back = certificate.backSignature(SUBKEY, SUBKEY, BORN);

    assertBad(
        bySubkey(
            certificate.binding(OTHER, SUBKEY, BORN, binding -> binding.hashed(flags(SIGN), back))),
        VerifyCode.KEY_NOT_SIGNING);
  }

  @Test
  void detached_unboundSubkey_isRefused() {
    assertBad(bySubkey(withSubkey()), VerifyCode.KEY_NOT_SIGNING);
  }

  @Test
  void detached_encryptionSubkey_isRefused() {
    assertBad(
        bySubkey(
            withSubkey().binding(KEY, SUBKEY, BORN, binding -> binding.hashed(flags(ENCRYPT)))),
        VerifyCode.KEY_NOT_SIGNING);
  }

  @Test
  void detached_certifyOnlyPrimaryKey_isRefused() {
    Certificate certificate =
        new TestCertificate(KEY).user("T", BORN, self -> self.hashed(flags(CERTIFY))).read();

    assertBad(result(signature(), certificate), VerifyCode.KEY_NOT_SIGNING);
  }

  @Test
  void detached_keyWithoutSelfSignature_isRefused() {
    assertBad(result(signature(), new TestCertificate(KEY).read()), VerifyCode.KEY_NOT_SIGNING);
  }

  @Test
  void detached_primaryKeyWithoutFlags_needsException() {
    Certificate certificate = new TestCertificate(KEY).user("T", BORN, self -> self).read();

    assertBad(result(signature(), certificate), VerifyCode.KEY_NOT_SIGNING);
    assertThat(
            report(signature(), DATA, List.of(certificate), Set.of(Waiver.NO_KEY_FLAGS))
                .good()
                .verdict())
        .isEqualTo(Verdict.GOOD);
  }

  // 2 is SHA-1, 11 is SHA-224
  @ParameterizedTest
  @CsvSource({"2, 2024-01-01T00:00:00Z", "2, 2021-01-01T00:00:00Z", "11, 2024-01-01T00:00:00Z"})
  void detached_weakHash_isWeakWhateverItsDate(int hash, Instant signed) {
    SignatureReport report =
        report(
            new TestSignature(KEY, 0, signed).hash(hash).over(DATA),
            DATA,
            List.of(CERTIFICATE),
            Set.of());

    assertThat(report.best().verdict()).isEqualTo(Verdict.WEAK);
    assertThat(SignatureSyntaxTest.code(report::good)).isEqualTo(VerifyCode.WEAK_HASH);
  }

  @Test
  void detached_md5_isRefused() {
    assertBad(
        result(new TestSignature(KEY, 0, SIGNED).hash(1).over(DATA), CERTIFICATE),
        VerifyCode.WEAK_HASH);
  }

  @Test
  void detached_weakHashOverOtherData_isBad() {
    SignatureReport report =
        report(
            new TestSignature(KEY, 0, SIGNED).hash(2).over(new byte[] {1}),
            DATA,
            List.of(CERTIFICATE),
            Set.of());

    assertBad(report.signatures().get(0), VerifyCode.BAD_SIGNATURE);
  }

  @Test
  void detached_sha1SelfSignature_needsException() {
    Certificate certificate =
        new TestCertificate(KEY)
            .user("T", BORN, self -> self.hash(2).hashed(flags(CERTIFY_AND_SIGN)))
            .read();

    assertBad(result(signature(), certificate), VerifyCode.WEAK_HASH);
    assertThat(
            report(signature(), DATA, List.of(certificate), Set.of(Waiver.SHA1_SELF_SIGNATURE))
                .good()
                .verdict())
        .isEqualTo(Verdict.GOOD);
  }

  @Test
  void detached_sha1SelfSignatureClaimingToBeOld_isRefused() {
    Instant old = Instant.parse("2005-01-01T00:00:00Z");
    TestKey key = TestKey.ed25519(9, old);
    Certificate certificate =
        new TestCertificate(key)
            .user("T", old, self -> self.hash(2).hashed(flags(CERTIFY_AND_SIGN)))
            .read();

    assertBad(
        result(new TestSignature(key, 0, SIGNED).over(DATA), certificate), VerifyCode.WEAK_HASH);
  }

  @ParameterizedTest
  @CsvSource({"RSA, 1024", "DSA, 1024", "DSA, 2048"})
  void detached_weakKey_isWeak(String algorithm, int bits) {
    TestKey key = algorithm.equals("RSA") ? TestKey.rsa(bits, 1, BORN) : TestKey.dsa(bits, 1, BORN);
    SignatureReport report =
        report(
            new TestSignature(key, 0, SIGNED).over(DATA),
            DATA,
            List.of(TestCertificate.of(key, BORN).read()),
            Set.of());

    assertThat(report.best().verdict()).isEqualTo(Verdict.WEAK);
    assertThat(SignatureSyntaxTest.code(report::good)).isEqualTo(VerifyCode.WEAK_KEY);
  }

  @Test
  void detached_fromTheFuture_isRefused() {
    Instant tolerated = NOW.plus(SignatureVerifier.TOLERANCE);

    assertThat(result(new TestSignature(KEY, 0, tolerated).over(DATA), CERTIFICATE).verdict())
        .isEqualTo(Verdict.GOOD);
    assertBad(
        result(new TestSignature(KEY, 0, tolerated.plusSeconds(1)).over(DATA), CERTIFICATE),
        VerifyCode.SIG_TIME);
    assertBad(
        result(
            new TestSignature(KEY, 0, Instant.parse("2040-01-01T00:00:00Z")).over(DATA),
            CERTIFICATE),
        VerifyCode.SIG_TIME);
  }

  @Test
  void detached_olderThanItsKey_isRefused() {
    assertBad(
        result(new TestSignature(KEY, 0, BORN.minusSeconds(1)).over(DATA), CERTIFICATE),
        VerifyCode.SIG_TIME);
  }

  @Test
  void detached_expiredSignature_isRefused() {
    assertBad(
        result(new TestSignature(KEY, 0, SIGNED).hashed(expires(60)).over(DATA), CERTIFICATE),
        VerifyCode.SIG_TIME);
    assertThat(
            result(new TestSignature(KEY, 0, SIGNED).hashed(expires(0)).over(DATA), CERTIFICATE)
                .verdict())
        .isEqualTo(Verdict.GOOD);
  }

  @Test
  void detached_noOrTwoOrUnsignedCreationTimes_areRefused() {
    byte[] time = created(SIGNED);

    assertBad(
        result(new TestSignature(KEY, 0, SIGNED).times().over(DATA), CERTIFICATE),
        VerifyCode.SIG_TIME);
    assertBad(
        result(new TestSignature(KEY, 0, SIGNED).times(time, time).over(DATA), CERTIFICATE),
        VerifyCode.SIG_TIME);
    assertBad(
        result(new TestSignature(KEY, 0, SIGNED).times().unhashed(time).over(DATA), CERTIFICATE),
        VerifyCode.SIG_TIME);
  }

  @Test
  void detached_rightKeyIdWrongFingerprint_isPinMismatch() {
    assertBad(
        result(
            new TestSignature(KEY, 0, SIGNED)
                .withoutIssuer()
                .hashed(TestSignature.issuerFingerprint(OTHER))
                .unhashed(TestSignature.issuerKeyId(KEY))
                .over(DATA),
            CERTIFICATE),
        VerifyCode.PIN_MISMATCH);
  }

  @Test
  void detached_noIssuer_isUnknown() {
    assertThat(
            result(new TestSignature(KEY, 0, SIGNED).withoutIssuer().over(DATA), CERTIFICATE)
                .verdict())
        .isEqualTo(Verdict.UNKNOWN);
  }

  @Test
  void detached_criticalUnknownSubpacketOrNotation_isRefused() {
    byte[] unknown = Bytes.subpacket(0x80 | 110, new byte[] {1});
    byte[] notation =
        Bytes.subpacket(
            0x80 | 20, new Bytes().add(0x80, 0, 0, 0).two(3).two(1).add("a@b").add("x").get());

    for (byte[] subpacket : List.of(unknown, notation)) {
      assertBad(
          result(new TestSignature(KEY, 0, SIGNED).hashed(subpacket).over(DATA), CERTIFICATE),
          VerifyCode.SIG_SYNTAX);
    }
  }

  @Test
  void detached_version3InItsOwnForm_isRefused() {
    assertBad(
        result(TestSignature.version3(KEY, SIGNED, DATA), CERTIFICATE), VerifyCode.SIG_VERSION);
  }

  @Test
  void detached_version6_isGood() {
    TestKey key = TestKey.ed25519(6, 11, BORN);
    Certificate certificate = version6(key);

    for (int hash : List.of(8, 10, 12, 14)) {
      SignatureResult result =
          result(new TestSignature(key, 0, SIGNED).hash(hash).over(DATA), certificate);

      assertThat(result.verdict()).as(result.reason()).isEqualTo(Verdict.GOOD);
      assertThat(result.signer()).hasSize(64).isEqualTo(key.fingerprint());
      assertThat(result.algorithm()).startsWith("Ed25519, SHA");
    }
    byte[] other = new TestSignature(key, 0, SIGNED).over(new byte[1]);
    assertBad(result(other, certificate), VerifyCode.BAD_SIGNATURE);
  }

  private static Certificate version6(TestKey key) {
    return new TestCertificate(key)
        .directKey(BORN, self -> self.hashed(flags(CERTIFY_AND_SIGN)))
        .user("T", BORN, self -> self.hashed(flags(CERTIFY_AND_SIGN)))
        .read();
  }

  @Test
  void detached_version6KeyExpiredBefore_isRefused() {
    TestKey key = TestKey.ed25519(6, 11, BORN);
    Certificate certificate =
        new TestCertificate(key)
            .directKey(BORN, self -> self.hashed(flags(CERTIFY_AND_SIGN), keyExpires(60)))
            .read();

    assertBad(
        result(new TestSignature(key, 0, SIGNED).over(DATA), certificate), VerifyCode.KEY_EXPIRED);
  }

  @Test
  void detached_newEd25519OfVersion4_isGood() {
    TestKey key = TestKey.ed25519(4, 12, BORN);

    SignatureResult result =
        result(new TestSignature(key, 0, SIGNED).over(DATA), TestCertificate.of(key, BORN).read());

    assertThat(result.verdict()).as(result.reason()).isEqualTo(Verdict.GOOD);
  }

  /** RFC 9580 has SHA-3 for version 6 only; others cannot check such a version 4 signature. */
  @ParameterizedTest
  @ValueSource(ints = {12, 14})
  void detached_sha3InVersion4_isRefused(int hash) {
    assertBad(
        result(new TestSignature(KEY, 0, SIGNED).hash(hash).over(DATA), CERTIFICATE),
        VerifyCode.WEAK_HASH);
  }

  @Test
  void detached_subkeyExpiredBefore_isRefused() {
    for (long seconds : List.of(60L, Duration.between(BORN, SIGNED).toSeconds() + 60)) {
      TestCertificate certificate = withSubkey();
      byte[] back = certificate.backSignature(SUBKEY, SUBKEY, BORN);
      certificate.binding(
          KEY, SUBKEY, BORN, binding -> binding.hashed(flags(SIGN), keyExpires(seconds), back));

      SignatureResult result = bySubkey(certificate);

      if (seconds == 60) {
        assertBad(result, VerifyCode.KEY_EXPIRED);
      } else {
        assertThat(result.verdict()).as(result.reason()).isEqualTo(Verdict.GOOD);
        assertThat(result.notes()).containsExactly("key valid until 2024-01-01T00:01:00Z");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"2, GOOD", "1, GOOD", "3, GOOD", "0, BAD", "-1, BAD"})
  void detached_subkeyRevokedLater_dependsOnReason(int reason, Verdict soft) {
    TestCertificate certificate = withSubkey();
    byte[] back = certificate.backSignature(SUBKEY, SUBKEY, BORN);
    certificate
        .subkeyRevocation(
            SUBKEY,
            SIGNED.plusSeconds(60),
            revocation -> reason < 0 ? revocation : revocation.hashed(TestSignature.reason(reason)))
        .binding(KEY, SUBKEY, BORN, binding -> binding.hashed(flags(SIGN), back));

    SignatureResult result = bySubkey(certificate);

    // 2 says that the key is compromised
    Verdict expected = reason == 2 ? Verdict.BAD : soft;
    assertThat(result.verdict()).as(result.reason()).isEqualTo(expected);
  }

  @Test
  void detached_revokedWithoutAnyReason_isRefusedWhateverTheDate() {
    Certificate certificate =
        new TestCertificate(KEY)
            .packet(new TestSignature(KEY, 0x20, NOW.minusSeconds(60)).over(KEY.hashed()))
            .user("T", BORN, self -> self.hashed(flags(CERTIFY_AND_SIGN)))
            .read();

    assertBad(result(signature(), certificate), VerifyCode.KEY_REVOKED);
  }

  @Test
  void detached_authenticationSubkey_isRefused() {
    assertBad(
        bySubkey(
            withSubkey()
                .binding(
                    KEY,
                    SUBKEY,
                    BORN,
                    binding -> binding.hashed(flags(TestCertificate.AUTHENTICATE)))),
        VerifyCode.KEY_NOT_SIGNING);
  }

  @Test
  void detached_flagsAndExpiryByAnotherKey_areIgnored() {
    Certificate flags =
        new TestCertificate(KEY)
            .user("T", BORN, self -> self)
            .certification(OTHER, "T", BORN.plusSeconds(9), by -> by.hashed(flags(SIGN)))
            .read();
    Certificate expiry =
        new TestCertificate(KEY)
            .user("T", BORN, self -> self.hashed(flags(CERTIFY_AND_SIGN)))
            .certification(
                OTHER, "T", BORN.plusSeconds(9), by -> by.hashed(flags(SIGN), keyExpires(60)))
            .read();

    assertBad(result(signature(), flags), VerifyCode.KEY_NOT_SIGNING);
    assertThat(result(signature(), expiry).verdict()).isEqualTo(Verdict.GOOD);
  }

  @Test
  void detached_newerSelfSignatureForged_isIgnored() {
    byte[] forged =
        new TestSignature(KEY, 0x13, BORN.plusSeconds(30))
            .hashed(flags(CERTIFY_AND_SIGN))
            .over(TestCertificate.userContent(KEY, "Somebody else"));
    Certificate valid = TestCertificate.of(KEY, BORN).packet(forged).read();
    Certificate expired =
        new TestCertificate(KEY)
            .user("T", BORN, self -> self.hashed(flags(CERTIFY_AND_SIGN), keyExpires(60)))
            .packet(forged)
            .read();

    assertThat(result(signature(), valid).verdict()).isEqualTo(Verdict.GOOD);
    assertBad(result(signature(), expired), VerifyCode.KEY_EXPIRED);
  }

  @Test
  void detached_floodOfForgedSelfSignatures_isRefusedSoon() {
    TestCertificate flooded = TestCertificate.of(KEY, BORN);
    byte[] forged = new TestSignature(KEY, 0x13, BORN).over(new byte[1]);
    for (int i = 0; i < 10_000; i++) {
      flooded.packet(forged);
    }

    assertBad(result(signature(), flooded.read()), VerifyCode.TRUST);
  }

  @Test
  void detached_dataThatBreaksOff_isNoVerdict() {
    InputStream broken =
        new SequenceInputStream(
            new ByteArrayInputStream(DATA),
            new InputStream() {
              @Override
              public int read() throws IOException {
                throw new IOException("broken");
              }
            });

    assertThatThrownBy(
            () ->
                verifier()
                    .detached(signatureArmor(signature()), broken, List.of(CERTIFICATE), Set.of()))
        .isInstanceOf(IOException.class)
        .hasMessage("broken");
  }

  /** Our policy holds in all places; that of the library's own settings in none. */
  @Test
  void detached_libraryDeniesAllByDefault_makesNoDifference() {
    OpenPGPImplementation before = OpenPGPImplementation.getInstance();
    OpenPGPImplementation.setInstance(new BcOpenPGPImplementation().setPolicy(new DenyAll()));
    try {
      assertThat(result(signature(), CERTIFICATE).verdict()).isEqualTo(Verdict.GOOD);
    } finally {
      OpenPGPImplementation.setInstance(before);
    }
    Certificate denied = TestCertificate.of(KEY, BORN).read();
    assertThat(denied.evaluated(new DenyAll()).getPrimaryKey().isBoundAt(Date.from(SIGNED)))
        .isFalse();
    assertThat(
            denied
                .evaluated(SignaturePolicy.strict(false))
                .getPrimaryKey()
                .isBoundAt(Date.from(SIGNED)))
        .isTrue();
  }

  private static final class DenyAll extends OpenPGPDefaultPolicy {
    @Override
    public boolean isAcceptableDocumentSignatureHashAlgorithm(int hash, Date created) {
      return false;
    }

    @Override
    public boolean isAcceptableCertificationSignatureHashAlgorithm(int hash, Date created) {
      return false;
    }

    @Override
    public boolean isAcceptablePublicKeyStrength(int algorithm, int bits) {
      return false;
    }
  }

  @Test
  void detached_manyThreadsWithOneCertificate_areAllGood() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<SignatureResult>> results = new ArrayList<>();
      for (int i = 0; i < 400; i++) {
        results.add(threads.submit(() -> result(signature(), CERTIFICATE)));
      }
      for (Future<SignatureResult> result : results) {
        assertThat(result.get().verdict()).as(result.get().reason()).isEqualTo(Verdict.GOOD);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void detached_forgedBindingDirectKeyAndRevocation_areIgnored() {
    byte[] elsewhere = "x".getBytes(StandardCharsets.US_ASCII);
    TestCertificate certificate =
        new TestCertificate(KEY)
            .packet(
                new TestSignature(KEY, 0x20, BORN.plusSeconds(60))
                    .hashed(TestSignature.reason(2))
                    .over(elsewhere))
            .packet(
                new TestSignature(KEY, 0x1F, BORN.plusSeconds(60))
                    .hashed(flags(ENCRYPT))
                    .over(elsewhere))
            .user("T", BORN, self -> self.hashed(flags(CERTIFY_AND_SIGN)))
            .subkey(SUBKEY);
    byte[] back = certificate.backSignature(SUBKEY, SUBKEY, BORN);
    certificate
        .binding(KEY, SUBKEY, BORN, binding -> binding.hashed(flags(SIGN), back))
        .packet(
            new TestSignature(KEY, 0x18, BORN.plusSeconds(60))
                .hashed(flags(ENCRYPT))
                .over(elsewhere));

    assertThat(result(signature(), certificate.read()).verdict()).isEqualTo(Verdict.GOOD);
    SignatureResult bySubkey = bySubkey(certificate);
    assertThat(bySubkey.verdict()).as(bySubkey.reason()).isEqualTo(Verdict.GOOD);
  }

  @Test
  void detached_ripemd160_isWeakWhateverItsDate() {
    for (Instant signed : List.of(SIGNED, BORN.plusSeconds(60))) {
      SignatureReport report =
          report(
              new TestSignature(KEY, 0, signed).hash(3).over(DATA),
              DATA,
              List.of(CERTIFICATE),
              Set.of());

      assertThat(report.best().verdict()).isEqualTo(Verdict.WEAK);
      assertThat(SignatureSyntaxTest.code(report::good)).isEqualTo(VerifyCode.WEAK_HASH);
    }
  }

  // A clock that is wrong never makes anything good that is not.
  @Test
  void detached_clockAtTheEpoch_isRefusedWithItsTime() {
    SignatureResult result = at(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));

    assertBad(result, VerifyCode.SIG_TIME);
    assertThat(result.reason()).contains("2024-01-01T00:00:00Z").contains("future");
  }

  @Test
  void detached_clockFarAhead_staysGood() {
    assertThat(at(Clock.fixed(Instant.parse("2040-01-01T00:00:00Z"), ZoneOffset.UTC)).verdict())
        .isEqualTo(Verdict.GOOD);
  }

  @Test
  void detached_clockLeapsBack_isGoodOrRefusedForItsTime() {
    for (int good = 0; good < 4; good++) {
      SignatureResult result = at(new LeapingClock(good));

      if (result.verdict() != Verdict.GOOD) {
        assertBad(result, VerifyCode.SIG_TIME);
      }
    }
  }

  private static SignatureResult at(Clock clock) {
    try {
      return new SignatureVerifier(clock)
          .detached(signature(), new ByteArrayInputStream(DATA), List.of(CERTIFICATE), Set.of())
          .signatures()
          .get(0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Tells the time a few times, and then that it is 1970. */
  private static final class LeapingClock extends Clock {
    private int left;

    LeapingClock(int left) {
      this.left = left;
    }

    @Override
    public ZoneOffset getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return left-- > 0 ? NOW : Instant.EPOCH;
    }
  }
}
