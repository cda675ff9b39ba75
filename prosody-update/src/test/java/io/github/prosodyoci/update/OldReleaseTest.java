package io.github.prosodyoci.update;

import static io.github.prosodyoci.update.UpdateFixture.STRANGER;
import static io.github.prosodyoci.update.UpdateFixture.UPSTREAM;
import static io.github.prosodyoci.verify.openpgp.TestCertificate.signatureArmor;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureCode;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.verify.debian.DebianFixture;
import io.github.prosodyoci.verify.debian.DebianFixture.SourcePackage;
import io.github.prosodyoci.verify.openpgp.TestKey;
import io.github.prosodyoci.verify.openpgp.TestSignature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A server that offers an old release as version 1.3, with a signature that upstream really made: a
 * detached signature covers bytes, not their name.
 */
@Tag("slow")
class OldReleaseTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant SIGNED = Instant.parse("2025-06-01T00:00:00Z");
  private static final Instant EARLIER = Instant.parse("2024-06-01T00:00:00Z");
  private static final Instant LATER = Instant.parse("2025-12-01T00:00:00Z");
  private static final byte[] PINNED = release("pkg-1.0", Map.of());

  @RegisterExtension private final UpdateFixture fixture = new UpdateFixture("trixie");
  private final DebianFixture server = fixture.debian;
  private Path recipe = Path.of("none");
  private byte[] pinnedSignature = {};

  @BeforeEach
  void pinVersionOne() throws IOException {
    pinnedSignature = signature(UPSTREAM, SIGNED, PINNED);
    server.served.put("/pkg-1.0.tar.gz.sig", pinnedSignature);
    recipe =
        fixture.recipe(
            """
            package: {name: pkg, version: '1.0'}
            sources:
              - file: pkg-1.0.tar.gz
                sha256: %s
                origins: ['%s']
                evidence:
                  - signature:
                      file: pkg-1.0.tar.gz.sig
                      sha256: %s
                      origins: ['%s']
                      signers: [%s]
            """
                .formatted(
                    Digest.of(PINNED).hex(),
                    server.uri("/pkg-1.0.tar.gz"),
                    Digest.of(pinnedSignature).hex(),
                    server.uri("/pkg-1.0.tar.gz.sig"),
                    UPSTREAM.fingerprint()));
  }

  /** Returns an archive with these files in its leading folder. */
  private static byte[] release(String leading, Map<String, String> files) {
    Map<String, String> members = new HashMap<>();
    members.put(leading + "/main.c", "int main(void);\n");
    files.forEach((name, text) -> members.put(leading + "/" + name, text));
    return DebianFixture.tarGz(members);
  }

  private static byte[] signature(TestKey key, Instant when, byte[] data) {
    return signatureArmor(new TestSignature(key, 0, when).over(data));
  }

  private void offer(byte[] content, byte[] signature) {
    server.served.put("/pkg-1.3.tar.gz", content);
    server.served.put("/pkg-1.3.tar.gz.sig", signature);
  }

  private UpdateResult prepare(UpdateWaiver... waivers) throws IOException {
    return fixture.update(NOW, "pkg", Optional.of("1.3"), waivers);
  }

  private void refused(FailureCode code, String reason, UpdateWaiver... waivers)
      throws IOException {
    String before = Files.readString(recipe);
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> prepare(waivers))
        .withMessageContaining(reason)
        .satisfies(e -> assertThat(e.failureCode()).isEqualTo(code));
    assertThat(recipe).hasContent(before);
  }

  @Test
  void prepare_newRelease_isTaken() throws IOException {
    byte[] release = release("pkg-1.3", Map.of());
    offer(release, signature(UPSTREAM, LATER, release));

    assertThat(prepare().text()).contains(Digest.of(release).hex(), "pkg-1.3.tar.gz.sig");
  }

  @Test
  void prepare_pinnedReleaseOfferedAsNew_isRefused() throws IOException {
    offer(PINNED, pinnedSignature);

    refused(UpdateCode.OLD_RELEASE, "which the recipe pins already, for pkg-1.0.tar.gz");
  }

  @Test
  void prepare_pinnedReleaseSignedAnew_isRefusedByItsDigest() throws IOException {
    offer(PINNED, signature(UPSTREAM, LATER, PINNED));

    refused(UpdateCode.OLD_RELEASE, "which the recipe pins already", UpdateWaiver.values());
  }

  @Test
  void prepare_releaseBeforeThePinnedOne_isRefusedByItsFolder() throws IOException {
    byte[] release = release("pkg-0.9", Map.of());
    offer(release, signature(UPSTREAM, EARLIER, release));

    refused(
        UpdateCode.OTHER_VERSION,
        "it should be version 1.3, but its contents name 0.9",
        UpdateWaiver.values());
  }

  @ParameterizedTest
  @CsvSource({"2024-06-01T00:00:00Z", "2025-06-01T00:00:00Z"})
  void prepare_signatureNotYoungerThanThePinnedOne_isRefused(Instant signed) throws IOException {
    byte[] release = release("pkg", Map.of());
    offer(release, signature(UPSTREAM, signed, release));

    refused(
        UpdateCode.OLD_RELEASE,
        "it was signed on " + signed + ", not after the pinned pkg-1.0.tar.gz.sig of " + SIGNED,
        UpdateWaiver.UNNAMED_VERSION);
    assertThat(prepare(UpdateWaiver.values()).to()).isEqualTo("1.3");
  }

  @Test
  void prepare_youngSignatureOfAStrangerBesideTheOldOne_doesNotMakeItYounger() throws IOException {
    byte[] release = release("pkg-1.3", Map.of());
    ByteArrayOutputStream both = new ByteArrayOutputStream();
    both.write(new TestSignature(UPSTREAM, 0, EARLIER).over(release));
    both.write(new TestSignature(STRANGER, 0, LATER).over(release));
    offer(release, signatureArmor(both.toByteArray()));

    refused(UpdateCode.OLD_RELEASE, "it was signed on " + EARLIER);
  }

  @Test
  void prepare_pinnedSignatureIsGone_isRefusedUnlessWaived() throws IOException {
    byte[] release = release("pkg-1.3", Map.of());
    offer(release, signature(UPSTREAM, LATER, release));
    server.served.remove("/pkg-1.0.tar.gz.sig");

    refused(UpdateCode.OLD_RELEASE, "the pinned pkg-1.0.tar.gz.sig, which no origin has any more");
    assertThat(prepare(UpdateWaiver.SIGNATURE_AGE).to()).isEqualTo("1.3");
  }

  @Test
  void prepare_archiveThatNamesNoVersion_isRefusedUnlessWaived() throws IOException {
    byte[] release = release("pkg", Map.of("README", "Version 1.3\n"));
    offer(release, signature(UPSTREAM, LATER, release));

    refused(UpdateCode.OTHER_VERSION, "add -Dprosodyoci.update.allow=unnamed-version");
    assertThat(prepare(UpdateWaiver.UNNAMED_VERSION).to()).isEqualTo("1.3");
  }

  @ParameterizedTest
  @CsvSource({"VERSION, 1.3", "version.txt, pkg 1.3", ".version, v1.3", "VERSION, pkg-1.3"})
  void prepare_versionFileNamesIt_isTaken(String file, String line) throws IOException {
    byte[] release = release("pkg", Map.of(file, line + "\n"));
    offer(release, signature(UPSTREAM, LATER, release));

    assertThat(prepare().to()).isEqualTo("1.3");
  }

  @ParameterizedTest
  @CsvSource({"VERSION, 1.2, 1.2", "VERSION, 1.3rc1, 1.3rc1", "version, v1.3.1, 1.3.1"})
  void prepare_versionFileNamesAnother_isRefused(String file, String line, String named)
      throws IOException {
    byte[] release = release("pkg", Map.of(file, line + "\n"));
    offer(release, signature(UPSTREAM, LATER, release));

    refused(UpdateCode.OTHER_VERSION, "its contents name " + named, UpdateWaiver.values());
  }

  @Test
  void prepare_notAnArchive_isRefused() throws IOException {
    byte[] release = "<html>".getBytes(UTF_8);
    offer(release, signature(UPSTREAM, LATER, release));

    refused(UpdateCode.UNREADABLE_ARCHIVE, "it cannot be unpacked", UpdateWaiver.values());
  }

  /** Debian's signed index says which bytes are which version; archives are named as they are. */
  @ParameterizedTest
  @CsvSource({"pkg-R_1_3, true", "pkg-1.3+dfsg, true", "pkg, true", "pkg-1.0, false"})
  void prepare_listedByASignedIndex_needsNoNameButNotTheFormer(String leading, boolean taken)
      throws IOException {
    byte[] release = release(leading, Map.of("CHANGES", "1.3\n"));
    server.suite(
        "trixie",
        "2025-12-20T00:00:00Z",
        UpdateFixture.ARCHIVE,
        new SourcePackage("pkg", "1.3-1", Map.of("pkg_1.3.orig.tar.gz", release)));
    fixture.recipe(
        """
        package: {name: pkg, version: '1.0'}
        sources:
          - file: pkg-1.0.tar.gz
            sha256: %s
            origins: ['debian:pkg/pkg_1.0.orig.tar.gz']
            evidence: [debian-archive: trixie]
        """
            .formatted(Digest.of(PINNED).hex()));

    if (taken) {
      assertThat(prepare().text()).contains(Digest.of(release).hex());
    } else {
      refused(UpdateCode.OTHER_VERSION, "its contents name 1.0");
    }
  }
}
