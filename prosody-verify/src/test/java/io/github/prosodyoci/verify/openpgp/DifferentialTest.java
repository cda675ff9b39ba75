package io.github.prosodyoci.verify.openpgp;

import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.BORN;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.DATA;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.KEY;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.OTHER;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.SIGNED;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.SUBKEY;
import static io.github.prosodyoci.verify.openpgp.TestCertificate.CERTIFY_AND_SIGN;
import static io.github.prosodyoci.verify.openpgp.TestCertificate.ENCRYPT;
import static io.github.prosodyoci.verify.openpgp.TestCertificate.SIGN;
import static io.github.prosodyoci.verify.openpgp.TestCertificate.armor;
import static io.github.prosodyoci.verify.openpgp.TestCertificate.signatureArmor;
import static io.github.prosodyoci.verify.openpgp.TestSignature.created;
import static io.github.prosodyoci.verify.openpgp.TestSignature.expires;
import static io.github.prosodyoci.verify.openpgp.TestSignature.flags;
import static io.github.prosodyoci.verify.openpgp.TestSignature.keyExpires;
import static io.github.prosodyoci.verify.openpgp.TestSignature.reason;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.prosodyoci.core.FailureException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What sqv and gpgv say of the same files, where they are installed; each difference has a reason.
 * Of gpgv the status lines count, never the exit code, as apt does it.
 */
@Tag("slow")
class DifferentialTest {

  @TempDir private Path folder;

  /** Who accepts a file, and why we differ from sqv, if we do. */
  private record Case(
      String name,
      byte[] certificate,
      byte[] signature,
      boolean ours,
      boolean sqv,
      boolean gpgv,
      String reason) {

    @Override
    public String toString() {
      return name;
    }
  }

  private static Case same(
      String name, byte[] certificate, byte[] signature, boolean ours, boolean gpgv) {
    return new Case(name, certificate, signature, ours, ours, gpgv, "");
  }

  private static Case stricter(
      String name, byte[] certificate, byte[] signature, boolean gpgv, String reason) {
    return new Case(name, certificate, signature, false, true, gpgv, reason);
  }

  private static Case newer(String name, byte[] certificate, byte[] signature, String reason) {
    return new Case(name, certificate, signature, true, false, false, reason);
  }

  private static byte[] certificate() {
    return TestCertificate.of(KEY, BORN).packets();
  }

  private static byte[] self(byte[]... subpackets) {
    return new TestCertificate(KEY).user("T", BORN, self -> self.hashed(subpackets)).packets();
  }

  private static TestSignature by(TestKey key) {
    return new TestSignature(key, 0, SIGNED);
  }

  private static byte[] good() {
    return signatureArmor(by(KEY).over(DATA));
  }

  private static byte[] revoked(TestKey revoker, String when, int reason) {
    return TestCertificate.revoked(KEY, revoker, BORN, Instant.parse(when), reason).packets();
  }

  private static byte[] subkey(TestKey binder, TestKey back, int flags) {
    TestCertificate certificate = TestCertificate.of(KEY, BORN).subkey(SUBKEY);
    byte[] backSignature = certificate.backSignature(back, SUBKEY, BORN);
    return certificate
        .binding(binder, SUBKEY, BORN, binding -> binding.hashed(flags(flags), backSignature))
        .packets();
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] expiringSubkey() {
    TestCertificate certificate = TestCertificate.of(KEY, BORN).subkey(SUBKEY);
    byte[] back = certificate.backSignature(SUBKEY, SUBKEY, BORN);
    return certificate
        .binding(KEY, SUBKEY, BORN, sub -> sub.hashed(flags(SIGN), keyExpires(86_400), back))
        .packets();
  }

  private static byte[] revokedSubkey(int reason) {
    TestCertificate certificate = TestCertificate.of(KEY, BORN).subkey(SUBKEY);
    byte[] back = certificate.backSignature(SUBKEY, SUBKEY, BORN);
    return certificate
        .subkeyRevocation(
            SUBKEY, SIGNED.plusSeconds(60), revocation -> revocation.hashed(reason(reason)))
        .binding(KEY, SUBKEY, BORN, sub -> sub.hashed(flags(SIGN), back))
        .packets();
  }

  private static byte[] withForgedSelfSignature(byte[]... subpackets) {
    byte[] content = TestCertificate.userContent(KEY, "Somebody else");
    return TestCertificate.of(KEY, BORN)
        .packet(new TestSignature(KEY, 0x13, BORN.plusSeconds(9)).hashed(subpackets).over(content))
        .packets();
  }

  private static byte[] version6(TestKey key) {
    return new TestCertificate(key)
        .directKey(BORN, self -> self.hashed(flags(CERTIFY_AND_SIGN)))
        .user("T", BORN, self -> self.hashed(flags(CERTIFY_AND_SIGN)))
        .packets();
  }

  static Stream<Case> cases() {
    byte[] sub = signatureArmor(by(SUBKEY).over(DATA));
    byte[] bad = by(KEY).over(text("other"));
    String armored = armor("PGP SIGNATURE", by(KEY).over(DATA));
    TestKey rsa = TestKey.rsa(1024, 1, BORN);
    TestKey dsa = TestKey.dsa(2048, 1, BORN);
    TestKey six = TestKey.ed25519(6, 11, BORN);
    TestKey four = TestKey.ed25519(4, 12, BORN);
    return Stream.of(
        same("ordinary", certificate(), good(), true, true),
        same("other data", certificate(), signatureArmor(bad), false, false),
        same("unknown signer", certificate(), signatureArmor(by(OTHER).over(DATA)), false, false),
        same(
            "key expired since",
            self(flags(CERTIFY_AND_SIGN), keyExpires(5L * 365 * 86_400)),
            good(),
            true,
            false),
        same(
            "key expired before",
            self(flags(CERTIFY_AND_SIGN), keyExpires(86_400)),
            good(),
            false,
            false),
        same("key without flags", self(), good(), false, true),
        same("compromised", revoked(KEY, "2025-01-01T00:00:00Z", 2), good(), false, false),
        same("retired since", revoked(KEY, "2025-01-01T00:00:00Z", 3), good(), true, false),
        same("retired before", revoked(KEY, "2021-01-01T00:00:00Z", 3), good(), false, false),
        same("foreign revocation", revoked(OTHER, "2021-01-01T00:00:00Z", 2), good(), true, true),
        same("subkey", subkey(KEY, SUBKEY, SIGN), sub, true, true),
        same("subkey, wrong back signature", subkey(KEY, OTHER, SIGN), sub, false, false),
        same("subkey bound by another", subkey(OTHER, SUBKEY, SIGN), sub, false, false),
        same("subkey expired before", expiringSubkey(), sub, false, false),
        same("subkey retired since", revokedSubkey(3), sub, true, false),
        same("subkey compromised", revokedSubkey(2), sub, false, false),
        same(
            "forged newer self-signature",
            withForgedSelfSignature(flags(ENCRYPT), keyExpires(60)),
            good(),
            true,
            true),
        same("subkey for encryption", subkey(KEY, SUBKEY, ENCRYPT), sub, false, false),
        same("SHA-1", certificate(), signatureArmor(by(KEY).hash(2).over(DATA)), false, true),
        same("RIPEMD-160", certificate(), signatureArmor(by(KEY).hash(3).over(DATA)), false, true),
        same(
            "version 3",
            certificate(),
            signatureArmor(TestSignature.version3(KEY, SIGNED, DATA)),
            false,
            true),
        newer(
            "version 6",
            version6(six),
            signatureArmor(by(six).over(DATA)),
            "they are older than RFC 9580"),
        newer(
            "Ed25519 of RFC 9580",
            TestCertificate.of(four, BORN).packets(),
            signatureArmor(by(four).over(DATA)),
            "they are older than RFC 9580"),
        same("SHA3-256", certificate(), signatureArmor(by(KEY).hash(12).over(DATA)), false, false),
        stricter(
            "SHA-224",
            certificate(),
            signatureArmor(by(KEY).hash(11).over(DATA)),
            true,
            "apt ended it on 2026-02-01"),
        same(
            "SHA-1 self-signature",
            new TestCertificate(KEY)
                .user("T", BORN, self -> self.hash(2).hashed(flags(CERTIFY_AND_SIGN)))
                .packets(),
            good(),
            false,
            true),
        same(
            "RSA-1024",
            TestCertificate.of(rsa, BORN).packets(),
            signatureArmor(by(rsa).over(DATA)),
            false,
            true),
        stricter(
            "DSA-2048",
            TestCertificate.of(dsa, BORN).packets(),
            signatureArmor(by(dsa).over(DATA)),
            true,
            "apt ended it on 2024-02-01"),
        same(
            "from 2040",
            certificate(),
            signatureArmor(
                new TestSignature(KEY, 0, Instant.parse("2040-01-01T00:00:00Z")).over(DATA)),
            false,
            true),
        same(
            "expired signature",
            certificate(),
            signatureArmor(by(KEY).hashed(expires(60)).over(DATA)),
            false,
            false),
        stricter(
            "two creation times",
            certificate(),
            signatureArmor(by(KEY).times(created(SIGNED), created(SIGNED)).over(DATA)),
            true,
            "readers may take either"),
        same(
            "no creation time",
            certificate(),
            signatureArmor(by(KEY).times().over(DATA)),
            false,
            false),
        stricter(
            "text signature",
            certificate(),
            signatureArmor(new TestSignature(KEY, 1, SIGNED).over(text("some data\r\n"))),
            true,
            "a detached signature is over bytes, not over lines"),
        same(
            "certification replayed",
            certificate(),
            signatureArmor(new TestSignature(KEY, 0x13, SIGNED).over(DATA)),
            false,
            false),
        same(
            "critical unknown subpacket",
            certificate(),
            signatureArmor(by(KEY).hashed(Bytes.subpacket(0x80 | 110, new byte[] {1})).over(DATA)),
            false,
            false),
        stricter(
            "text around the armor",
            certificate(),
            text("Here:\n" + armored + "Yours\n"),
            true,
            "what is not signed has no business in the file"),
        stricter(
            "wrong checksum",
            certificate(),
            text(armored.replaceAll("\n=....\n", "\n=AAAA\n")),
            false,
            "a damaged file is not a signature"),
        same(
            "no end of armor",
            certificate(),
            text(armored.replaceAll("-----END.*\n", "")),
            false,
            true));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void detached_comparedToOthers_differsOnlyWithAReason(Case file) throws Exception {
    assertThat(accepts(file)).as("ours").isEqualTo(file.ours());
    assertThat(file.ours() == file.sqv()).isEqualTo(file.reason().isEmpty());
    assumeInstalled(true);
    Path data = Files.write(folder.resolve("data"), DATA);
    Path keys = Files.write(folder.resolve("keys.gpg"), file.certificate());
    Path signature = Files.write(folder.resolve("data.asc"), file.signature());

    assertThat(
            run("sqv", "--keyring", keys.toString(), signature.toString(), data.toString()).exit())
        .as("sqv")
        .matches(exit -> (exit == 0) == file.sqv());
    assertThat(gpgv(keys, signature, data)).as("gpgv").isEqualTo(file.gpgv());
  }

  private boolean gpgv(Path keys, Path... files) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of("gpgv", "--homedir", folder.toString(), "--status-fd", "1", "--keyring"));
    command.add(keys.toString());
    Stream.of(files).map(Path::toString).forEach(command::add);
    String status = run(command.toArray(String[]::new)).output();
    return status.contains("] GOODSIG ") && !status.contains("] BADSIG ");
  }

  /** A clear-signed message, and why we are stricter than gpgv, if we are. */
  private record Message(String name, String file, boolean gpgv, String reason) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Message> messages() {
    String text = "Origin: Debian\nSuite: stable\n- dash";
    byte[] signature = ClearSignedTest.sign(KEY, text);
    String plain = ClearSignedTest.frame(text, signature);
    byte[] binary = new TestSignature(KEY, 0, SIGNED).over(text(text.replace("\n", "\r\n")));
    String notSigned = "what is not signed must not reach a parser";
    return Stream.of(
        new Message("ordinary", plain, true, ""),
        new Message("blanks at line ends", plain.replace("stable\n", "stable \t\n"), true, ""),
        new Message("carriage returns", plain.replace("\n", "\r\n"), true, ""),
        new Message("changed", plain.replace("stable", "sid"), false, ""),
        new Message("text before", "Suite: sid\n" + plain, true, notSigned),
        new Message("text after", plain + "Suite: sid\n", true, notSigned),
        new Message("two messages", plain + plain, true, "only one is read, but which?"),
        new Message(
            "no end of armor", plain.replaceAll("-----END.*\n", ""), true, "it was cut short"),
        new Message(
            "binary signature",
            ClearSignedTest.frame(text, binary),
            true,
            "a text's signature is of the kind text"),
        new Message(
            "unknown header",
            plain.replace("Hash: SHA256\n", "Hash: SHA256\nOrigin: Evil\n"),
            false,
            ""),
        new Message("no header", plain.replace("Hash: SHA256\n", ""), false, ""),
        new Message("dash not escaped", plain.replace("- - dash", "-dash"), false, ""));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void clearSigned_comparedToGpgv_differsOnlyWithAReason(Message message) throws Exception {
    boolean ours;
    try {
      ClearSigned split = ClearSigned.split(text(message.file()));
      SignatureVerifierTest.verifier()
          .clearSigned(split, Certificate.readAll(certificate()))
          .good();
      ours = true;
    } catch (FailureException e) {
      ours = false;
    }
    assertThat(ours).isEqualTo(message.gpgv() && message.reason().isEmpty());
    assumeInstalled(false);
    Path keys = Files.write(folder.resolve("keys.gpg"), certificate());
    Path file = Files.write(folder.resolve("message"), text(message.file()));

    assertThat(gpgv(keys, file)).isEqualTo(message.gpgv());
  }

  /** Skips the comparison where the tools are missing. */
  private void assumeInstalled(boolean both) throws Exception {
    boolean installed =
        installed("gpgv", "gpgv (GnuPG) 2.2.") && (!both || installed("sqv", "sqv 1.1."));
    assumeTrue(
        installed, "Debian 12's sqv and gpgv are not installed: only our own answer was checked");
  }

  private static boolean accepts(Case file) {
    try {
      SignatureVerifierTest.report(
              file.signature(), DATA, Certificate.readAll(file.certificate()), Set.of())
          .good();
      return true;
    } catch (FailureException e) {
      return false;
    }
  }

  private boolean installed(String tool, String version) throws Exception {
    return Files.isExecutable(Path.of("/usr/bin", tool))
        && run(tool, "--version").output().startsWith(version);
  }

  private record Result(int exit, String output) {}

  private Result run(String... command) throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(List.of(command))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return new Result(process.exitValue(), Files.readString(output));
  }
}
