package io.github.prosodyoci.update.maven;

import static io.github.prosodyoci.maven.GoalFixture.set;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.maven.GoalFixture;
import io.github.prosodyoci.verify.debian.DebianFixture;
import io.github.prosodyoci.verify.debian.DebianFixture.SourcePackage;
import io.github.prosodyoci.verify.openpgp.TestCertificate;
import io.github.prosodyoci.verify.openpgp.TestKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.maven.plugin.MojoFailureException;
import org.eclipse.aether.RepositorySystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The goals outdated and update, as Maven calls them. */
@Tag("slow")
class UpdatesMojoTest {

  private static final Instant BORN = Instant.parse("2020-01-01T00:00:00Z");
  private static final TestKey KEY = TestKey.ed25519(71, BORN);
  private static final byte[] NEW = DebianFixture.tarGz(Map.of("hello-2.0/hello.c", "2\n"));

  @TempDir private Path folder;
  private GoalFixture maven;
  private DebianFixture debian;
  private Path recipe;

  @BeforeEach
  void publish() throws IOException {
    maven = new GoalFixture(folder);
    debian = new DebianFixture();
    Path trust = Files.createDirectories(folder.resolve("trust"));
    Files.write(trust.resolve("key.asc"), TestCertificate.of(KEY, BORN).armored());
    Files.writeString(
        trust.resolve("trust.yaml"), "suites:\n  trixie: [" + KEY.fingerprint() + "]\n");
    debian.suite(
        "trixie",
        "2025-12-01T00:00:00Z",
        KEY,
        new SourcePackage("hello", "2.0-1", Map.of("hello_2.0.orig.tar.gz", NEW)));
    recipe =
        Files.writeString(
            Files.createDirectories(folder.resolve("recipes")).resolve("hello.yaml"),
            """
            package: {name: hello, version: 1.9.1}
            sources:
              - file: hello-1.9.1.tar.gz
                sha256: %s
                origins: ['debian:hello/hello_1.9.1.orig.tar.gz']
                evidence: [debian-archive: trixie]
            """
                .formatted("0".repeat(64)));
  }

  @AfterEach
  void stop() {
    debian.close();
  }

  private <T extends UpdatesGoal> T goal(T mojo, String name) throws Exception {
    maven.prepare(mojo, name);
    set(mojo, "repositories", GoalFixture.unused(RepositorySystem.class));
    set(mojo, "recipes", List.of(folder.resolve("recipes").toFile()));
    set(mojo, "trust", folder.resolve("trust"));
    set(mojo, "aptFolder", folder.resolve("apt"));
    set(mojo, "debianMirror", debian.uri("/debian").toString());
    return mojo;
  }

  private OutdatedMojo outdated() throws Exception {
    OutdatedMojo mojo = goal(new OutdatedMojo(), "prosody-update:outdated");
    set(mojo, "reportFile", folder.resolve("target/outdated.json"));
    return mojo;
  }

  private UpdateMojo update(String recipeName) throws Exception {
    UpdateMojo mojo = goal(new UpdateMojo(), "prosody-update:update");
    set(mojo, "recipe", recipeName);
    return mojo;
  }

  @Test
  void outdated_somethingNewer_isLoggedAndReported() throws Exception {
    outdated().execute();

    assertThat(maven.info)
        .endsWith(
            "Debian trixie: index of 2025-12-01T00:00:00Z, signed by Test <test@example.org>",
            "hello 1.9.1: version 2.0 in Debian trixie (now 1.9.1)");
    assertThat(folder.resolve("target/outdated.json"))
        .content()
        .contains("\"offered\" : \"2.0\"", "\"signer\" : \"" + KEY.fingerprint() + "\"");
  }

  @Test
  void outdated_toldToFail_failsAfterTheReport() throws Exception {
    OutdatedMojo mojo = outdated();
    set(mojo, "fail", true);

    assertThatExceptionOfType(MojoFailureException.class)
        .isThrownBy(mojo::execute)
        .withMessageContaining(
            "Take one with prosody-update:update -Dprosodyoci.update.recipe=<recipe>");
    assertThat(folder.resolve("target/outdated.json")).exists();
  }

  @Test
  void outdated_nobodyAnswersAndToldToFail_failsAndNeverSaysUpToDate() throws Exception {
    debian.served.clear();
    OutdatedMojo mojo = outdated();
    set(mojo, "fail", true);

    assertThatExceptionOfType(MojoFailureException.class)
        .isThrownBy(mojo::execute)
        .withMessageStartingWith(
            "Could not determine whether there are newer sources: "
                + "Debian trixie: not asked: Could not fetch ")
        .withMessageContaining("; hello: no answer from Debian trixie (not asked) (unanswered). ");
    assertThat(maven.info)
        .noneMatch(line -> line.contains("up to date") || line.contains("nothing newer"))
        .contains("hello 1.9.1: no answer from Debian trixie (not asked)");
  }

  @Test
  void outdated_indexOlderThanAllowed_failsOnlyThen() throws Exception {
    Files.writeString(
        folder.resolve("trust/trust.yaml"),
        "suites:\n  trixie-updates: [" + KEY.fingerprint() + "]\n");
    debian.suite("trixie-updates", "2025-12-01T00:00:00Z", KEY);
    OutdatedMojo mojo = outdated();
    set(mojo, "fail", true);

    assertThatExceptionOfType(MojoFailureException.class)
        .isThrownBy(mojo::execute)
        .withMessageContaining("Debian trixie-updates: stale: index of 2025-12-01T00:00:00Z, ")
        .withMessageContaining(" days old; at most 10 are allowed");
    set(mojo, "maximumAgeDays", 100_000);
    mojo.execute();
    assertThat(maven.info).last().asString().isEqualTo("hello 1.9.1: up to date");
  }

  @Test
  void update_newerVersion_isWrittenWithItsDigest() throws Exception {
    update("hello").execute();

    assertThat(recipe)
        .hasContent(
            """
            package: {name: hello, version: "2.0"}
            sources:
              - file: hello-2.0.tar.gz
                sha256: %s
                origins: ['debian:hello/hello_2.0.orig.tar.gz']
                evidence: [debian-archive: trixie]
            """
                .formatted(Digest.of(NEW).hex()));
    assertThat(maven.info)
        .contains("hello 1.9.1 -> 2.0", "Rewrote " + recipe + ", with all its evidence verified");
  }

  @Test
  void update_dryRun_writesNothing() throws Exception {
    String before = Files.readString(recipe);
    UpdateMojo mojo = update("hello");
    set(mojo, "dryRun", true);

    mojo.execute();

    assertThat(recipe).hasContent(before);
    assertThat(maven.info).contains("hello 1.9.1 -> 2.0");
  }

  @Test
  void update_versionThatDebianLacks_saysSo() throws Exception {
    UpdateMojo mojo = update("hello");
    set(mojo, "toVersion", "3.0");

    assertThatExceptionOfType(MojoFailureException.class)
        .isThrownBy(mojo::execute)
        .withMessageContaining("Debian's archive, which has no version 3.0");
  }

  @Test
  void update_waiverThatDoesNotExist_isRefused() throws Exception {
    UpdateMojo mojo = update("hello");
    set(mojo, "allow", List.of("anything"));

    assertThatExceptionOfType(MojoFailureException.class)
        .isThrownBy(mojo::execute)
        .withMessage(
            "Could not use prosodyoci.update.allow=anything: 'anything' is not known. Known are"
                + " unnamed-version, signature-age (configuration). Correct it.");
  }

  @Test
  void update_evidenceDoesNotHold_failsAndLeavesTheRecipe() throws Exception {
    String before = Files.readString(recipe);
    debian.served.put("/debian/pool/main/h/hello/hello_2.0.orig.tar.gz", "evil".getBytes(UTF_8));

    assertThatExceptionOfType(MojoFailureException.class)
        .isThrownBy(() -> update("hello").execute())
        .withMessageContaining("digest mismatch");
    assertThat(recipe).hasContent(before);
  }

  @Test
  void skipped_bothGoals_doNothingAndSaySo() throws Exception {
    OutdatedMojo outdated = outdated();
    UpdateMojo update = update("hello");
    set(outdated, "skip", true);
    set(update, "skip", true);

    outdated.execute();
    update.execute();

    assertThat(maven.info)
        .containsExactly(
            "Skipping prosody-update:outdated (prosodyoci.outdated.skip)",
            "Skipping prosody-update:update (prosodyoci.update.skip)");
    assertThat(folder.resolve("cache")).doesNotExist();
  }
}
