package io.github.prosodyoci.update;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.verify.debian.DebianFixture;
import io.github.prosodyoci.verify.debian.DebianFixture.SourcePackage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of a recipe's patches when it goes from 1.0 to 1.1. */
@Tag("slow")
class PatchCarryTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final String OLD_TEXT = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";

  // one after the other: the second changes a line of the first
  private static final String FIRST = change(1, 3, "2", "zwei");
  private static final String SECOND = change(1, 3, "zwei", "ZWEI");
  private static final String NINTH = change(8, 10, "9", "neun");

  @RegisterExtension private final UpdateFixture fixture = new UpdateFixture("trixie");
  private final Path folder = fixture.folder;
  private final DebianFixture debian = fixture.debian;
  private byte[] oldQueue = {};
  private final Map<String, String> queue = new LinkedHashMap<>();

  @BeforeEach
  void start() throws IOException {
    queue.put("first.patch", FIRST);
    queue.put("second.patch", SECOND);
    queue.put("ninth.patch", NINTH);
    oldQueue = DebianFixture.queue("", queue);
    debian.served.put("/debian/pool/main/p/pkg/pkg_1.0-1.debian.tar.xz", oldQueue);
  }

  /** Returns a patch of {@code a.c} that changes a line between two neighbours. */
  private static String change(int before, int after, String from, String to) {
    String last = after > 9 ? "" : " " + after + "\n";
    int lines = after > 9 ? 2 : 3;
    return "--- a/a.c\n+++ b/a.c\n@@ -%1$d,%2$d +%1$d,%2$d @@\n %1$d\n-%3$s\n+%4$s\n%5$s"
        .formatted(before, lines, from, to, last);
  }

  private UpdateResult update(String text, String patches) throws IOException {
    byte[] orig = DebianFixture.tarGz(Map.of("pkg-1.1/a.c", text));
    debian.suite(
        "trixie",
        "2025-12-01T00:00:00Z",
        UpdateFixture.ARCHIVE,
        new SourcePackage(
            "pkg",
            "1.1-1",
            Map.of(
                "pkg_1.1.orig.tar.gz",
                orig,
                "pkg_1.1-1.debian.tar.xz",
                DebianFixture.queue("pkg (1.1-1) unstable; urgency=low\n", queue))));
    fixture.recipe(
        """
            package: {name: pkg, version: '1.0'}
            sources:
              - file: pkg-1.0.tar.gz
                sha256: %s
                origins: ['debian:pkg/pkg_1.0.orig.tar.gz']
                evidence: [debian-archive: trixie]
              - file: pkg-debian.tar.xz
                sha256: %s
                origins: ['debian:pkg/pkg_1.0-1.debian.tar.xz']
                evidence: [debian-archive: trixie]
                unpack: debian
            """
                .formatted("0".repeat(64), Digest.of(oldQueue).hex())
            + patches);
    return fixture.update(NOW, "pkg", Optional.empty());
  }

  private void stops(String text, String patches, String... reasons) {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> update(text, patches))
        .satisfies(e -> assertThat(e.getMessage()).contains(reasons))
        .withMessageContaining("Remove or replace them by hand, then update again.");
    assertThat(folder.resolve("recipes/pkg.yaml")).content().contains("version: '1.0'");
  }

  @Test
  void prepare_somePatchesAreIn_keepsTheOthersWithTheirComments() throws IOException {
    queue.put("new.patch", DebianFixture.patch("new"));

    UpdateResult update =
        update(
            OLD_TEXT.replace("2", "ZWEI"),
            """
            patches:
              # why the first
              # and the second
              - debian/patches/first.patch
              - debian/patches/second.patch   # also
              # why the ninth
              - debian/patches/ninth.patch
            pipeline: []
            """);

    assertThat(update.text())
        .endsWith(
            """
            patches:
              # why the ninth
              - debian/patches/ninth.patch
            pipeline: []
            """);
    assertThat(update.notes())
        .containsExactly(
            "Dropped the patch debian/patches/first.patch: 1.1 contains it",
            "Dropped the patch debian/patches/second.patch: 1.1 contains it",
            "Kept 1 of 3 patches, which apply to 1.1",
            "The queue gained new.patch: decide whether to add it to patches");
  }

  @Test
  void prepare_droppedPatchThatASecurityEntryNames_isReplacedByTheVersion() throws IOException {
    UpdateResult update =
        update(
            OLD_TEXT.replace("9", "neun"),
            """
            patches:
              - debian/patches/ninth.patch
              - debian/patches/first.patch
            security:
              - {cve: CVE-2026-1111, status: fixed, by: debian/patches/ninth.patch}
              - {cve: CVE-2026-2222, status: fixed, by: debian/patches/first.patch}
              - {cve: CVE-2026-3333, status: fixed, by: [debian/patches/ninth.patch]}
            """);

    assertThat(update.text())
        .endsWith(
            """
            patches:
              - debian/patches/first.patch
            security:
              - {cve: CVE-2026-1111, status: fixed, by: "1.1"}
              - {cve: CVE-2026-2222, status: fixed, by: debian/patches/first.patch}
              - {cve: CVE-2026-3333, status: fixed, by: [debian/patches/ninth.patch]}
            """);
    assertThat(update.notes())
        .contains(
            folder.resolve("recipes/pkg.yaml")
                + ":18: CVE-2026-3333 names patches that were dropped: correct 'by'");
  }

  @Test
  void prepare_allPatchesApply_staysAsItIs() throws IOException {
    String patches =
        "patches: [debian/patches/first.patch, debian/patches/second.patch, own.patch]\n";
    Files.createDirectories(folder.resolve("recipes/pkg"));
    Files.writeString(folder.resolve("recipes/pkg/own.patch"), NINTH);

    UpdateResult update = update("0\n" + OLD_TEXT, patches);

    assertThat(update.text()).endsWith(patches);
    assertThat(update.notes()).containsExactly("Kept 3 of 3 patches, which apply to 1.1");
  }

  @Test
  void prepare_patchNeitherAppliesNorIsContained_stopsAndNamesIt() {
    stops(
        OLD_TEXT.replace("9", "IX").replace("2", "ZWEI"),
        """
        patches:
          - debian/patches/ninth.patch
          - debian/patches/first.patch
          - debian/patches/second.patch
        """,
        "pkg.yaml:12): it is not clear whether these patches apply to 1.1 or are contained in it:"
            + " debian/patches/ninth.patch (hunk 1 of b/a.c (line 3 of the patch) is"
            + " rejected: the lines that it changes are not there)",
        "contained, and to be dropped, are debian/patches/first.patch,"
            + " debian/patches/second.patch (patches).");
  }

  @Test
  void prepare_patchThatDebianDroppedAndNobodyContains_stops() {
    queue.remove("ninth.patch");

    stops(
        OLD_TEXT,
        "patches: [debian/patches/ninth.patch]\n",
        "debian/patches/ninth.patch (Debian's queue no longer has it, and the sources do not"
            + " contain it)");
  }

  @Test
  void prepare_patchThatDebianDroppedSinceUpstreamHasIt_isDropped() throws IOException {
    queue.remove("ninth.patch");

    UpdateResult update =
        update(OLD_TEXT.replace("9", "neun"), "patches:\n  - debian/patches/ninth.patch\n");

    assertThat(update.text()).doesNotContain("patches:");
    assertThat(update.notes())
        .contains("Dropped the patch debian/patches/ninth.patch: 1.1 contains it");
  }

  @Test
  void prepare_changeThatIsThereButAppliesAgain_stops() {
    stops(
        "8\n9\n8\nneun\n",
        "patches:\n  - debian/patches/ninth.patch\n",
        "ninth.patch (its change is there, yet it applies again)");
  }

  @Test
  void prepare_patchNobodyHasOrThatIsNone_stops() throws IOException {
    Files.createDirectories(folder.resolve("recipes/pkg"));
    Files.writeString(folder.resolve("recipes/pkg/own.patch"), "junk");

    stops(
        OLD_TEXT,
        "patches: [gone.patch, own.patch]\n",
        "gone.patch (neither the new nor the former sources have it)",
        "own.patch (it holds no change in the unified format)");
  }

  @Test
  void prepare_containedPatchInAListOnOneLine_isRefusedAndTheFileStays() {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(
            () -> update(OLD_TEXT.replace("9", "neun"), "patches: [debian/patches/ninth.patch]\n"))
        .withMessageContaining("an element to be removed has no line of its own");
  }
}
