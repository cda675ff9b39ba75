package io.github.prosodyoci.update;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.update.OutdatedResult.Offer;
import io.github.prosodyoci.update.OutdatedResult.State;
import io.github.prosodyoci.verify.debian.DebianFixture;
import io.github.prosodyoci.verify.debian.DebianFixture.SourcePackage;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of those who did not answer, and of Debian's patches to the same version. */
class OutdatedAnswersTest {

  private static final Instant NOW = Instant.parse("2026-01-11T00:00:00Z");
  private static final Duration TEN_DAYS = Duration.ofDays(10);
  private static final byte[] ORIG = DebianFixture.tarGz(Map.of("pkg-1.0/a.c", "1\n"));
  private static final String FIRST =
      "pkg (1:1.0-1) unstable; urgency=low\n\n  * New release, fixes CVE-2025-1111.\n\n"
          + "pkg (1:0.9-1) unstable; urgency=low\n\n  * Fix CVE-2024-1111.\n";

  @RegisterExtension
  private final UpdateFixture fixture = new UpdateFixture("trixie", "trixie-security");

  private final DebianFixture debian = fixture.debian;

  @BeforeEach
  void publish() throws IOException {
    suite("trixie", "2025-10-01T00:00:00Z", "");
    suite("trixie-security", "2026-01-10T00:00:00Z", "");
    recipe("");
  }

  private void recipe(String more) throws IOException {
    fixture.recipe(
        """
        package: {name: pkg, version: '1.0'}
        sources:
          - file: pkg-1.0.tar.gz
            sha256: %s
            origins: ['debian:pkg/pkg_1.0.orig.tar.gz']
            evidence: [debian-archive: trixie]
        """
                .formatted(Digest.of(ORIG).hex())
            + more);
  }

  private void suite(String suite, String date, String fields, SourcePackage... packages)
      throws IOException {
    debian.suite(suite, date, fields, UpdateFixture.ARCHIVE, packages);
  }

  private OutdatedResult outdated(Instant now) throws IOException {
    return fixture.outdated(now, TEN_DAYS);
  }

  private static SourcePackage packaging(String version, byte[] queue) {
    return new SourcePackage(
        "pkg",
        "1:" + version,
        Map.of("pkg_1.0.orig.tar.gz", ORIG, "pkg_" + version + ".debian.tar.xz", queue));
  }

  @Test
  void outdated_allAnswered_isUpToDate() throws IOException {
    OutdatedResult outdated = outdated(NOW);

    assertThat(outdated.gaps()).isEmpty();
    assertThat(outdated.table()).contains("pkg 1.0: up to date");
  }

  @Test
  void outdated_securitySuiteDoesNotAnswer_isAGapAndNeverUpToDate() throws IOException {
    debian.served.remove("/debian-security/dists/trixie-security/InRelease");

    OutdatedResult outdated = outdated(NOW);

    assertThat(outdated.gaps())
        .singleElement()
        .asString()
        .startsWith("Debian trixie-security: not asked: Could not fetch ");
    assertThat(outdated.table())
        .contains(
            "pkg 1.0: nothing newer in Debian trixie",
            "pkg 1.0: no answer from Debian trixie-security (not asked)")
        .noneMatch(line -> line.contains("up to date"));
  }

  @Test
  void outdated_noMirrorAnswersButACopyIsKept_wasNotAsked() throws IOException {
    suite("trixie-security", "2026-01-10T00:00:00Z", "", packaging("1.1-1", new byte[0]));
    outdated(NOW);
    debian.served.clear();

    OutdatedResult outdated = outdated(NOW.plusSeconds(60));

    assertThat(outdated.gaps())
        .contains(
            "Debian trixie-security: not asked: no mirror answered; a copy of"
                + " 2026-01-10T00:00:00Z was kept",
            "pkg: no answer from Debian trixie (not asked), Debian trixie-security (not asked)");
    assertThat(outdated.table())
        .as("what the copy has is still shown")
        .contains("pkg 1.0: version 1.1 in Debian trixie-security (now 1.0)")
        .noneMatch(line -> line.contains("up to date") || line.contains("nothing newer"));
  }

  @ParameterizedTest
  @CsvSource({"2026-01-20T00:00:00Z, ASKED", "2026-01-20T00:00:01Z, STALE"})
  void outdated_mirrorStandsStill_isStaleAfterTenDays(Instant now, State state) throws IOException {
    OutdatedResult outdated = outdated(now);

    assertThat(outdated.suites())
        .extracting(OutdatedResult.Suite::state)
        .as("the main suite changes with point releases only")
        .containsExactly(State.ASKED, state);
    assertThat(outdated.gaps()).hasSize(state == State.ASKED ? 0 : 1);
  }

  @Test
  void outdated_mainSuiteWithAnEnd_isStaleToo() throws IOException {
    String end = "\nValid-Until: Fri, 1 Jan 2027 00:00:00 UTC";
    suite("trixie", "2026-01-09T00:00:00Z", end);

    assertThat(outdated(NOW).gaps()).isEmpty();
    assertThat(outdated(NOW.plus(Duration.ofDays(9))).gaps())
        .contains(
            "Debian trixie: stale: index of 2026-01-09T00:00:00Z, 11 days old; at most 10 are"
                + " allowed");
  }

  @Test
  void outdated_indexPastItsEnd_isStale() throws IOException {
    suite(
        "trixie-security",
        "2026-01-02T00:00:00Z",
        "\nValid-Until: Fri, 9 Jan 2026 00:00:00 UTC",
        packaging("1.1-1", new byte[0]));

    OutdatedResult outdated = outdated(NOW);

    assertThat(outdated.suites().get(1).state()).isEqualTo(State.STALE);
    assertThat(outdated.gaps())
        .singleElement()
        .asString()
        .contains("stale: ", "it was valid until 2026-01-09T00:00:00Z");
    assertThat(outdated.table()).noneMatch(line -> line.contains("1.1"));
  }

  @Test
  void outdated_upstreamAloneAndOutOfReach_isAGap() throws IOException {
    fixture.recipe(
        """
            package: {name: pkg, version: '1.0'}
            sources:
              - file: pkg-1.0.tar.gz
                sha256: %s
                origins: ['%s']
                evidence: [pinned-only: nobody signs it]
            """
            .formatted(Digest.of(ORIG).hex(), debian.uri("/releases/pkg-1.0.tar.gz")));

    assertThat(outdated(NOW).gaps())
        .singleElement()
        .asString()
        .startsWith("pkg: no answer from " + debian.uri("/releases/") + " (not asked: ");
    debian.served.put("/releases/", "<a href='pkg-1.0.tar.gz'>".getBytes(UTF_8));
    assertThat(outdated(NOW).gaps()).isEmpty();
  }

  @Test
  void outdated_recipeWithoutTheQueue_hearsOfDebiansPatches() throws IOException {
    byte[] queue =
        DebianFixture.queue(
            "pkg (1:1.0-2) unstable; urgency=high\n\n  * Fix overflow (CVE-2026-2222).\n\n" + FIRST,
            Map.of(
                "CVE-2026-3333.patch",
                DebianFixture.patch("x"),
                "doc.patch",
                "About CVE-2026-4444\n" + DebianFixture.patch("y")));
    suite("trixie", "2025-10-01T00:00:00Z", "", packaging("1.0-1", DebianFixture.queue(FIRST)));
    suite("trixie-security", "2026-01-10T00:00:00Z", "", packaging("1.0-2", queue));

    OutdatedResult outdated = outdated(NOW);

    assertThat(outdated.recipes().get(0).offers())
        .singleElement()
        .satisfies(
            offer -> {
              assertThat(offer.kind()).isEqualTo("patches");
              assertThat(offer.offered()).isEqualTo("1:1.0-2");
              assertThat(offer.from()).containsExactly("Debian trixie-security");
              assertThat(offer.patches())
                  .containsExactlyInAnyOrder("CVE-2026-3333.patch", "doc.patch");
              assertThat(offer.securityFixes())
                  .as("not what upstream's own release fixed")
                  .containsExactly("CVE-2026-2222", "CVE-2026-3333", "CVE-2026-4444");
            });
    assertThat(outdated.table())
        .contains(
            "pkg 1.0: patches 1:1.0-2 in Debian trixie-security (now 1.0 without Debian's"
                + " patches), 2 patches gained, fixes CVE-2026-2222 CVE-2026-3333 CVE-2026-4444");
  }

  @Test
  void outdated_vulnerabilitiesThatTheRecipeDealsWith_areNotNews() throws IOException {
    byte[] queue =
        DebianFixture.queue(
            "pkg (1:1.0-2) unstable; urgency=high\n\n  * Fix CVE-2026-2222.\n\n" + FIRST,
            "CVE-2026-3333.patch",
            "CVE-2026-4444.patch");
    suite("trixie-security", "2026-01-10T00:00:00Z", "", packaging("1.0-2", queue));
    recipe(
        """
        # CVE-2026-4444 in a comment counts for nothing
        patches: [own-CVE-2026-3333.patch]
        security:
          - {cve: CVE-2026-2222, status: not-affected, note: unlike CVE-2026-4444}
          - {cve: CVE-2026-4444, status: affected}
        """);

    assertThat(outdated(NOW).recipes().get(0).offers())
        .extracting(Offer::securityFixes)
        .containsExactly(List.of("CVE-2026-4444"));
    recipe(
        """
        patches: [own-CVE-2026-3333.patch, CVE-2026-2222.patch]
        security: [{cve: CVE-2026-4444, status: fixed, by: own.patch}]
        """);
    assertThat(outdated(NOW).table()).contains("pkg 1.0: up to date");
  }

  @Test
  void outdated_packagingThatIsKeptBesideANewerVersion_countsForItsPatches() throws IOException {
    suite(
        "trixie",
        "2025-10-01T00:00:00Z",
        "",
        new SourcePackage("pkg", "1:1.1-1", Map.of()),
        new SourcePackage(
            "pkg",
            "1:1.0-2\nExtra-Source-Only: yes",
            Map.of("pkg_1.0-2.debian.tar.xz", DebianFixture.queue(FIRST, "CVE-2026-3333.patch"))));

    assertThat(outdated(NOW).recipes().get(0).offers())
        .extracting(Offer::kind, Offer::offered, Offer::securityFixes)
        .containsExactly(
            tuple("version", "1.1", List.of()),
            tuple("patches", "1:1.0-2", List.of("CVE-2026-3333")));
  }

  @Test
  void outdated_securityQueueThatCannotBeHad_isOfferedUnread() throws IOException {
    suite("trixie-security", "2026-01-10T00:00:00Z", "", packaging("1.0-2", new byte[] {1}));
    debian.served.remove("/debian-security/pool/updates/main/p/pkg/pkg_1.0-2.debian.tar.xz");

    OutdatedResult outdated = outdated(NOW);

    assertThat(outdated.hasOffers()).isTrue();
    assertThat(outdated.table())
        .contains(
            "pkg 1.0: patches 1:1.0-2 in Debian trixie-security (now 1.0 without Debian's"
                + " patches)")
        .anyMatch(line -> line.contains("pkg_1.0-2.debian.tar.xz could not be compared"));
  }

  @Test
  void outdated_packageOfTheBuildRoot_hasASecurityUpdate() throws IOException {
    fixture.recipe(
        """
        build-root: {name: tools, version: '1'}
        sources:
          - file: pkg-dev_amd64.deb
            host: linux-x86_64
            sha256: %s
            origins: ['debian:pkg/pkg-dev_1.0-1+b2_amd64.deb']
            evidence: [debian-archive: trixie]
        """
            .formatted(Digest.of(ORIG).hex()));
    suite("trixie", "2025-10-01T00:00:00Z", "", packaging("1.0-1", new byte[0]));
    suite("trixie-security", "2026-01-10T00:00:00Z", "", packaging("1.0-1+deb13u1", new byte[0]));

    assertThat(outdated(NOW).table())
        .contains("tools 1: patches 1:1.0-1+deb13u1 in Debian trixie-security (now 1.0-1+b2)");
  }
}
