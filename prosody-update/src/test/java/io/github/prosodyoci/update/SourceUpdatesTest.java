package io.github.prosodyoci.update;

import static io.github.prosodyoci.update.UpdateFixture.ARCHIVE;
import static io.github.prosodyoci.update.UpdateFixture.STRANGER;
import static io.github.prosodyoci.update.UpdateFixture.UPSTREAM;
import static io.github.prosodyoci.verify.openpgp.TestCertificate.signatureArmor;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Place;
import io.github.prosodyoci.update.OutdatedResult.Offer;
import io.github.prosodyoci.update.OutdatedResult.State;
import io.github.prosodyoci.verify.VerifyCode;
import io.github.prosodyoci.verify.debian.DebianFixture;
import io.github.prosodyoci.verify.debian.DebianFixture.SourcePackage;
import io.github.prosodyoci.verify.openpgp.TestKey;
import io.github.prosodyoci.verify.openpgp.TestSignature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("slow")
class SourceUpdatesTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant SIGNED = Instant.parse("2025-06-01T00:00:00Z");

  private static final Duration MAXIMUM_AGE = Duration.ofDays(60);
  private static final byte[] OLD = DebianFixture.tarGz(Map.of("pkg-1.0/a.c", "1\n"));
  // It contains a.patch.
  private static final byte[] NEW =
      DebianFixture.tarGz(Map.of("pkg-1.2/a.c", "2\n", "pkg-1.2/a.patch.txt", "x\n"));
  private static final byte[] NEWEST = DebianFixture.tarGz(Map.of("pkg-1.3/a.c", "3\n"));

  @RegisterExtension
  private final UpdateFixture fixture = new UpdateFixture("trixie", "trixie-security", "forky");

  private final Path folder = fixture.folder;
  private final DebianFixture debian = fixture.debian;
  private byte[] oldQueue = {};
  private byte[] newQueue = {};
  private Path recipe = Path.of("none");

  @BeforeEach
  void publish() throws IOException {
    String old = "pkg (1.0-1) unstable; urgency=medium\n\n  * CVE-2020-1111 was fixed then.\n";
    oldQueue = DebianFixture.queue(old, "a.patch", "b.patch");
    newQueue =
        DebianFixture.queue(
            "pkg (1.0-1+deb13u1) trixie-security; urgency=high\n\n"
                + "  * Fix crash (CVE-2026-12345, CVE-2026-9999)\n\n"
                + old,
            "a.patch",
            "c.patch");
    debian.suite(
        "trixie",
        "2025-12-01T00:00:00Z",
        ARCHIVE,
        new SourcePackage("other", "9-1", Map.of()),
        pkg("1.0-1", "pkg_1.0.orig.tar.gz", OLD, "pkg_1.0-1.debian.tar.xz", oldQueue));
    debian.suite(
        "trixie-security",
        "2025-12-02T10:20:30Z",
        ARCHIVE,
        pkg(
            "1.0-1+deb13u1",
            "pkg_1.0.orig.tar.gz",
            OLD,
            "pkg_1.0-1+deb13u1.debian.tar.xz",
            newQueue));
    debian.suite(
        "forky",
        "2025-12-03T00:00:00Z",
        ARCHIVE,
        pkg(
            "1:1.2-2",
            "pkg_1.2.orig.tar.gz",
            NEW,
            "pkg_1.2-2.debian.tar.xz",
            DebianFixture.queue("pkg (1:1.2-2) unstable; urgency=medium\n", "d.patch")));
    debian.served.put(
        "/releases/",
        "<a href=\"pkg-1.0.tar.gz\">old</a> <a href='/releases/pkg-1.3.tar.gz'>new</a>"
            .getBytes(UTF_8));
    recipe = write(debian(""));
  }

  private static SourcePackage pkg(
      String version, String orig, byte[] content, String queue, byte[] patches) {
    return new SourcePackage("pkg", version, Map.of(orig, content, queue, patches));
  }

  /** Returns a recipe with all that must stay as it is. */
  private String debian(String more) {
    return """
    # Päckage 1.0: comments stay, as does 1.0 in them
    package: {name: pkg, version: "1.0", release: 3}   # one line

    sources:
      - file: pkg-1.0.tar.gz   # the release
        sha256: %s
        origins:
          - %s
          - 'debian:pkg/pkg_1.0.orig.tar.gz'
        evidence: [ {debian-archive: trixie} ]
      - file: pkg-debian.tar.xz
        sha256: "%s"
        origins:
          - debian:pkg/pkg_1.0-1.debian.tar.xz
          - https://snapshot.debian.org/archive/debian/20250101T000000Z/pool/main/p/pkg/pkg_1.0-1.debian.tar.xz
        evidence:
          - debian-archive: trixie # Debian's own
        unpack: debian
    %s
    patches:
      - debian/patches/a.patch   # CVE-2020-1111
    pipeline: [{run: "make VERSION=1.0"}]
    """
        .formatted(
            Digest.of(OLD).hex(),
            debian.uri("/releases/pkg-1.0.tar.gz"),
            Digest.of(oldQueue).hex(),
            more);
  }

  private Path write(String text) throws IOException {
    return fixture.recipe(text);
  }

  private UpdateResult prepare(String... toVersion) throws IOException {
    return fixture.update(NOW, "pkg", List.of(toVersion).stream().findFirst());
  }

  @Test
  void outdated_newerEverywhere_saysWhereAndOnWhichEvidence() throws IOException {
    OutdatedResult outdated = fixture.outdated(NOW, MAXIMUM_AGE);

    assertThat(outdated.suites())
        .contains(
            new OutdatedResult.Suite(
                "forky",
                State.ASKED,
                "2025-12-03T00:00:00Z",
                ARCHIVE.fingerprint(),
                "Test <test@example.org>",
                "EdDSA-256, SHA-256",
                null))
        .hasSize(3);
    assertThat(outdated.recipes()).hasSize(1);
    assertThat(outdated.recipes().get(0).notes()).isEmpty();
    assertThat(outdated.recipes().get(0).offers())
        .containsExactly(
            new Offer(
                "version",
                "pkg-1.0.tar.gz",
                "1.0",
                "1.3",
                List.of(debian.uri("/releases/").toString()),
                "none",
                List.of(),
                List.of()),
            new Offer(
                "version",
                "pkg-1.0.tar.gz",
                "1.0",
                "1.2",
                List.of("Debian forky"),
                "debian-archive",
                List.of(),
                List.of()),
            new Offer(
                "patches",
                "pkg-debian.tar.xz",
                "1.0-1",
                "1.0-1+deb13u1",
                List.of("Debian trixie-security"),
                "debian-archive",
                List.of("c.patch"),
                List.of("CVE-2026-12345", "CVE-2026-9999")),
            new Offer(
                "version",
                "pkg-debian.tar.xz",
                "1.0-1",
                "1:1.2-2",
                List.of("Debian forky"),
                "debian-archive",
                List.of("d.patch"),
                List.of()));
    assertThat(outdated.table())
        .contains(
            "Debian trixie-security: index of 2025-12-02T10:20:30Z, signed by Test"
                + " <test@example.org>",
            "pkg 1.0: patches 1.0-1+deb13u1 in Debian trixie-security (now 1.0-1), 1 patches"
                + " gained, fixes CVE-2026-12345 CVE-2026-9999");
  }

  @Test
  void outdated_upstreamAndASuiteOutOfReach_areLines() throws IOException {
    debian.served.remove("/releases/");
    debian.served.remove("/debian/dists/forky/InRelease");

    OutdatedResult outdated = fixture.outdated(NOW, MAXIMUM_AGE, "trixie", "forky");

    assertThat(outdated.hasOffers()).isFalse();
    assertThat(outdated.suites().get(1).reason()).contains("404 Not Found");
    assertThat(outdated.table())
        .anySatisfy(line -> assertThat(line).startsWith("Debian forky: not asked: "))
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith("pkg 1.0: no answer from ")
                    .contains("/releases/ (not asked: Could not fetch ")
                    .contains("404 Not Found (not-found)")
                    .endsWith("Debian forky (not asked)"));
    Path report = folder.resolve("target/outdated.json");
    outdated.write(report);
    assertThat(report).content().contains("\"schema\" : 2", "\"reason\" : \"Could not fetch");
  }

  @Test
  void outdated_indexFromTheFuture_isALineAndNeverUsed() throws IOException {
    debian.suite(
        "forky",
        "2026-02-01T00:00:00Z",
        ARCHIVE,
        pkg("3.0-1", "pkg_3.0.orig.tar.gz", NEW, "pkg_3.0-1.debian.tar.xz", newQueue));

    OutdatedResult outdated = fixture.outdated(NOW, MAXIMUM_AGE, "forky");

    assertThat(outdated.suites().get(0).reason()).contains("(release-date)");
    assertThat(outdated.table()).noneMatch(line -> line.contains("3.0"));
  }

  @Test
  void outdated_indexByAStranger_stops() throws IOException {
    debian.suite("forky", "2025-12-04T00:00:00Z", STRANGER);

    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> fixture.outdated(NOW, MAXIMUM_AGE))
        .satisfies(e -> assertThat(e.failureCode()).isEqualTo(VerifyCode.WRONG_SIGNER));
  }

  @Test
  void prepare_withoutVersion_takesTheSecurityUpdateOfTheSuite() throws IOException {
    String before = Files.readString(recipe);

    UpdateResult update = prepare();

    assertThat(Files.readString(recipe)).as("not yet").isEqualTo(before);
    assertThat(update.text())
        .isEqualTo(
            before
                .replace("release: 3", "release: 4")
                .replace("- debian-archive: trixie #", "- debian-archive: trixie-security #")
                .replace(Digest.of(oldQueue).hex(), Digest.of(newQueue).hex())
                .replace("debian:pkg/pkg_1.0-1.", "debian:pkg/pkg_1.0-1+deb13u1.")
                .replace(
                    "archive/debian/20250101T000000Z/pool/main/p/pkg/pkg_1.0-1.",
                    "archive/debian-security/20251202T102030Z/pool/updates/main/p/pkg/pkg_1.0-1+deb13u1."));
    assertThat(update.notes())
        .containsExactly(
            "Kept 1 of 1 patches, which apply to 1.0",
            "The queue gained c.patch: decide whether to add it to patches",
            "The queue's changelog names CVE-2026-12345",
            "The queue's changelog names CVE-2026-9999");
    assertThat(update.verification().sources()).hasSize(2);
    update.write();
    assertThat(Files.readString(recipe)).isEqualTo(update.text());
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(this::prepare)
        .withMessageContaining("nothing newer than 1.0-1+deb13u1 is in Debian trixie");
  }

  @Test
  void prepare_toAnotherVersion_rewritesNamesAddressesDigestsAndSuites() throws IOException {
    String before = Files.readString(recipe);
    debian.served.put("/releases/pkg-1.2.tar.gz", NEW);

    UpdateResult update = prepare("1.2");

    assertThat(update.text().lines().toList())
        .startsWith(
            "# Päckage 1.0: comments stay, as does 1.0 in them",
            "package: {name: pkg, version: \"1.2\", release: 0}   # one line",
            "",
            "sources:",
            "  - file: pkg-1.2.tar.gz   # the release",
            "    sha256: " + Digest.of(NEW).hex(),
            "    origins:",
            "      - " + debian.uri("/releases/pkg-1.2.tar.gz"),
            "      - 'debian:pkg/pkg_1.2.orig.tar.gz'",
            "    evidence: [ {debian-archive: forky} ]")
        .contains(
            "      - debian:pkg/pkg_1.2-2.debian.tar.xz", "pipeline: [{run: \"make VERSION=1.0\"}]")
        .doesNotContain("patches:", "  - debian/patches/a.patch   # CVE-2020-1111")
        .hasSize(before.lines().toList().size() - 2);
    assertThat(update.notes())
        .startsWith(
            "Dropped the patch debian/patches/a.patch: 1.2 contains it",
            "Kept 0 of 1 patches, which apply to 1.2");
    assertThat(update.from()).isEqualTo("1.0");
    assertThat(update.to()).isEqualTo("1.2");
    assertThat(update.changes().get(0))
        .isEqualTo(new UpdateResult.Change(new Place(recipe, 2), "1.0", "1.2"));
  }

  @Test
  void prepare_formerQueueIsGone_saysSo() throws IOException {
    write(debian("").replaceFirst("(?m)^patches:\\n.*\\n", ""));
    debian.served.remove("/debian/pool/main/p/pkg/pkg_1.0-1.debian.tar.xz");

    assertThat(prepare("1.2").notes())
        .singleElement()
        .asString()
        .startsWith("The former pkg-debian.tar.xz is gone, so compare the patches by hand: ");
  }

  @Test
  void prepare_toAVersionOfThePackage_isUnderstoodToo() throws IOException {
    assertThat(prepare("1.2-2").to()).isEqualTo("1.2");
    assertThat(prepare("1.0-1+deb13u1").text()).contains("pkg_1.0-1+deb13u1.debian.tar.xz");
  }

  @Test
  void prepare_sourceInTheArchiveIsDamaged_refuses() {
    debian.served.put("/debian/pool/main/p/pkg/pkg_1.2.orig.tar.gz", OLD);

    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> prepare("1.2"))
        .withMessageContaining("digest mismatch");
  }

  @Test
  void prepare_indexIsTampered_refuses() {
    String path = "/debian/dists/forky/InRelease";
    String text = new String(debian.served.get(path), UTF_8);
    debian.served.put(path, text.replace("Codename: forky", "Codename: forkY").getBytes(UTF_8));

    assertThatExceptionOfType(FailureException.class).isThrownBy(() -> prepare("1.2"));
  }

  @Test
  void prepare_versionNobodyHas_refusesAndSaysWhy() throws IOException {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> prepare("7.7"))
        .withMessageContaining("its evidence is Debian's archive, which has no version 7.7;")
        .withMessageContaining(
            "asked were Debian forky, Debian trixie, Debian trixie-security (by-hand).");

    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> prepare("1.0-1"))
        .withMessageContaining("it has version 1.0-1 already");
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> fixture.update(NOW, "nobody", Optional.empty()))
        .withMessageContaining("there is no such recipe (no-recipe). Name one of pkg with");
  }

  @Test
  void prepare_suiteThatHasItIsOutOfReach_saysSo() {
    debian.served.remove("/debian/dists/forky/InRelease");

    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> prepare("1.2"))
        .withMessageContaining("asked were Debian forky (not asked: ");
  }

  private static final byte[] OLD_SIGNATURE =
      signatureArmor(new TestSignature(UPSTREAM, 0, SIGNED.minusSeconds(86_400)).over(OLD));

  private String signed(byte[] signature) {
    return """
    package:
      name: pkg
      version: 1.0   # of upstream
    sources:
      - file: pkg-1.0.tar.gz
        sha256: %s
        origins: [%s]
        evidence:
          - signature:
              file: pkg-1.0.tar.gz.sig
              sha256: %s
              origins: [%s]
              signers: [%s]
    """
        .formatted(
            Digest.of(OLD).hex(),
            debian.uri("/releases/pkg-1.0.tar.gz"),
            Digest.of(signature).hex(),
            debian.uri("/releases/pkg-1.0.tar.gz.sig"),
            UPSTREAM.fingerprint());
  }

  private void release(String version, byte[] content, TestKey key) {
    debian.served.put("/releases/pkg-1.0.tar.gz.sig", OLD_SIGNATURE);
    debian.served.put("/releases/pkg-" + version + ".tar.gz", content);
    debian.served.put(
        "/releases/pkg-" + version + ".tar.gz.sig",
        signatureArmor(new TestSignature(key, 0, SIGNED).over(content)));
  }

  @Test
  void prepare_signedByUpstream_learnsTheDigestAndVerifies() throws IOException {
    release("1.3", NEWEST, UPSTREAM);
    write(signed(OLD_SIGNATURE));

    UpdateResult update = prepare();

    assertThat(update.to()).isEqualTo("1.3");
    assertThat(update.text())
        .contains("  version: 1.3   # of upstream", "sha256: " + Digest.of(NEWEST).hex())
        .doesNotContain("1.0");
    assertThat(update.verification().sources().get(0).evidence().get(0).signer())
        .isEqualTo(UPSTREAM.fingerprint());
  }

  @Test
  void prepare_signedByAStrangerOrOverOtherBytes_refusesAndLeavesTheRecipe() throws IOException {
    String before = signed(OLD_SIGNATURE);
    write(before);
    release("1.3", NEWEST, STRANGER);
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(this::prepare)
        .satisfies(e -> assertThat(e.failureCode()).isEqualTo(VerifyCode.WRONG_SIGNER));
    release("1.3", NEWEST, UPSTREAM);
    debian.served.put("/releases/pkg-1.3.tar.gz", NEW);
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(this::prepare)
        .satisfies(e -> assertThat(e.failureCode()).isEqualTo(VerifyCode.BAD_SIGNATURE));
    assertThat(Files.readString(recipe)).isEqualTo(before);
  }

  @Test
  void prepare_nobodySigns_refuses() throws IOException {
    release("1.3", NEWEST, UPSTREAM);
    write(
        signed(OLD_SIGNATURE)
            .replaceFirst("(?s)    evidence:.*", "    evidence: [{pinned-only: so}]\n"));

    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(this::prepare)
        .withMessageContaining("cannot be verified: no signed index lists it");
  }
}
