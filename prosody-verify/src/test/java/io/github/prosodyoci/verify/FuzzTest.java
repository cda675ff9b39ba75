package io.github.prosodyoci.verify;

import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.BORN;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.CERTIFICATE;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.DATA;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.KEY;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.OTHER;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.SIGNED;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.SUBKEY;
import static io.github.prosodyoci.verify.openpgp.TestCertificate.armor;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.verify.debian.IndexScanner;
import io.github.prosodyoci.verify.debian.Release;
import io.github.prosodyoci.verify.openpgp.Armor;
import io.github.prosodyoci.verify.openpgp.Bytes;
import io.github.prosodyoci.verify.openpgp.Certificate;
import io.github.prosodyoci.verify.openpgp.ClearSigned;
import io.github.prosodyoci.verify.openpgp.ClearSignedTest;
import io.github.prosodyoci.verify.openpgp.SignatureResult;
import io.github.prosodyoci.verify.openpgp.SignatureVerifierTest;
import io.github.prosodyoci.verify.openpgp.TestCertificate;
import io.github.prosodyoci.verify.openpgp.TestKey;
import io.github.prosodyoci.verify.openpgp.TestSignature;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever bytes come in, what comes out is a result that holds, or our own exception; nothing
 * else, and soon. Each target takes as many seconds as {@code -Dprosodyoci.fuzz.seconds=} says; by
 * itself 3. Each run draws new bytes. A failure tells its seed: {@code -Dprosodyoci.fuzz.seed=}
 * begins with it.
 */
@Tag("slow")
class FuzzTest {

  private static final Duration TIME =
      Duration.ofSeconds(Integer.getInteger("prosodyoci.fuzz.seconds", 3));
  private static final long SEED =
      Long.getLong("prosodyoci.fuzz.seed", new Random().nextInt(Integer.MAX_VALUE));
  private static final long TOO_SLOW = Duration.ofSeconds(10).toNanos();

  private static final String TEXT =
      "Origin: Debian\nSuite: stable\nSHA256:\n 00 1 a\n\n- dash\n-----BEGIN x\nFrom here";

  /** What is done with some bytes; it may throw our own exception. */
  @FunctionalInterface
  private interface Target {
    void run(byte[] file) throws IOException;
  }

  private static void fuzz(List<byte[]> samples, Target target) {
    Mutator mutator = new Mutator(samples);
    long end = System.nanoTime() + TIME.toNanos();
    int refused = 0;
    int tries = 0;
    for (long seed = SEED; System.nanoTime() < end; seed++) {
      byte[] file = mutator.next(new Random(seed));
      long start = System.nanoTime();
      try {
        target.run(file);
      } catch (FailureException e) {
        assertThat(e).hasMessageContaining("(" + e.failureCode().text() + ")");
        refused++;
      } catch (IOException | RuntimeException | Error e) {
        throw new AssertionError(
            "seed " + seed + ", bytes " + Base64.getEncoder().encodeToString(file), e);
      }
      assertThat(System.nanoTime() - start).as("seed " + seed).isLessThan(TOO_SLOW);
      tries++;
    }
    // A target that refuses all, or nothing, is not one that tries what it should.
    assertThat(refused).as("of " + tries + " tries").isPositive().isLessThan(tries);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static TestSignature signature() {
    return new TestSignature(KEY, 0, SIGNED);
  }

  private static TestCertificate certificate() {
    TestCertificate certificate = TestCertificate.of(KEY, BORN).subkey(SUBKEY);
    byte[] back = certificate.backSignature(SUBKEY, SUBKEY, BORN);
    return certificate.binding(
        KEY, SUBKEY, BORN, binding -> binding.hashed(TestSignature.flags(2), back));
  }

  @Test
  void armor_anyBytes_areReadOrRefused() {
    String block = armor("PGP SIGNATURE", signature().over(DATA));
    fuzz(
        List.of(
            bytes(block), bytes(block.replace("\n\n", "\nVersion: x\n\n")), bytes(block + block)),
        file -> assertThat(Armor.read(file, "PGP SIGNATURE")).isNotEmpty());
  }

  @Test
  void detached_anyBytes_areRefusedOrTheSignature() {
    byte[] good = signature().over(DATA);
    byte[] other = new TestSignature(OTHER, 0, SIGNED).hash(10).over(DATA);
    byte[] embedded =
        signature().unhashed(Bytes.subpacket(32, signature().bodyOver(DATA))).over(DATA);
    TestKey six = TestKey.ed25519(6, 11, BORN);
    fuzz(
        List.of(
            good,
            Bytes.join(other, good),
            embedded,
            // lengths of one octet, as other programs write them
            signature()
                .hashed(new byte[] {2, 27, 3, 2, 4, 1})
                .unhashed(new byte[] {3, 20, 1, 1})
                .over(DATA),
            new TestSignature(six, 0, SIGNED).over(DATA),
            bytes(armor("PGP SIGNATURE", good))),
        file -> {
          SignatureResult result =
              SignatureVerifierTest.report(file, DATA, List.of(CERTIFICATE), Set.of()).good();
          assertThat(result.signer()).isEqualTo(KEY.fingerprint());
          assertThat(result.signedAt()).contains(SIGNED);
        });
  }

  @Test
  void certificate_anyBytes_areRefusedOrTheSameKey() {
    byte[] bySubkey = new TestSignature(SUBKEY, 0, SIGNED).over(DATA);
    fuzz(
        List.of(
            certificate().packets(),
            certificate().armored(),
            Bytes.join(TestCertificate.of(OTHER, BORN).packets(), certificate().packets())),
        file -> {
          SignatureResult result =
              SignatureVerifierTest.report(bySubkey, DATA, Certificate.readAll(file), Set.of())
                  .good();
          assertThat(result.signer()).isEqualTo(KEY.fingerprint());
        });
  }

  @Test
  void clearSigned_anyBytes_areRefusedOrTheSignedText() {
    byte[] good = ClearSignedTest.sign(KEY, TEXT);
    String two = ClearSignedTest.frame(TEXT, ClearSignedTest.sign(OTHER, TEXT), good);
    fuzz(
        List.of(
            bytes(ClearSignedTest.frame(TEXT, good)), bytes(two), bytes(two.replace("\n", "\r\n"))),
        file -> {
          ClearSigned split = ClearSigned.split(file);
          SignatureVerifierTest.verifier().clearSigned(split, List.of(CERTIFICATE)).good();
          assertThat(split.text()).isEqualTo(TEXT);
        });
  }

  @Test
  void release_anyText_isReadOrRefused() {
    String release =
        "Suite: stable\nCodename: trixie\nDate: Thu, 01 Jan 2026 00:00:00 UTC\n"
            + "Valid-Until: Thu, 08 Jan 2026 00:00:00 UTC\nMD5Sum:\n 11 5 main/x\nSHA256:\n "
            + "1".repeat(64)
            + "     7 main/source/Sources.xz\n "
            + "2".repeat(64)
            + " 8 main/binary-amd64/Packages.xz";
    fuzz(
        List.of(bytes(release)),
        file ->
            assertThat(Release.parse(new String(file, StandardCharsets.UTF_8)).indexes())
                .isNotEmpty());
  }

  @Test
  void index_anyBytes_areReadOrRefused() {
    String one = "1".repeat(64);
    String two = "2".repeat(64);
    Origin.Debian source = new Origin.Debian("lua5.4", "lua.tar.gz");
    Origin.Debian binary = new Origin.Debian("linux", "linux-libc-dev_6.1_amd64.deb");
    String sources =
        "Package: lua5.4\nFormat: 3.0 (quilt)\nFiles:\n 0123 5 lua.tar.gz\nChecksums-Sha256:\n "
            + one
            + " 5 lua.tar.gz\n "
            + two
            + " 9 other.dsc\nDirectory: pool/main/l/lua5.4\n\nPackage: zzz\nX: y\n\n";
    String packages =
        "Package: linux-libc-dev\nSource: linux (6.1-1)\nFilename: pool/main/l/linux/"
            + binary.file()
            + "\nSHA256: "
            + one
            + "\n\n";
    fuzz(
        List.of(bytes(sources), bytes(packages), bytes(packages + sources)),
        file -> {
          for (boolean deb : new boolean[] {false, true}) {
            Map<Origin.Debian, Digest> found =
                IndexScanner.scan(new ByteArrayInputStream(file), Set.of(source, binary), deb);
            assertThat(found.keySet()).isSubsetOf(source, binary);
          }
        });
  }
}
