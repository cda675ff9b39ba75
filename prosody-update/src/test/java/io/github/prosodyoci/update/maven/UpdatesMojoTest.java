package io.github.prosodyoci.update.maven;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.verify.debian.DebianFixture;
import io.github.prosodyoci.verify.debian.DebianFixture.SourcePackage;
import io.github.prosodyoci.verify.maven.GoalParameters;
import io.github.prosodyoci.verify.openpgp.TestCertificate;
import io.github.prosodyoci.verify.openpgp.TestKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.maven.execution.DefaultMavenExecutionRequest;
import org.apache.maven.execution.DefaultMavenExecutionResult;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugin.logging.SystemStreamLog;
import org.apache.maven.project.MavenProject;
import org.apache.maven.repository.internal.MavenRepositorySystemUtils;
import org.eclipse.aether.RepositorySystem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The goals outdated and update, as Maven calls them. */
class UpdatesMojoTest {

  private static final Instant BORN = Instant.parse("2020-01-01T00:00:00Z");
  private static final TestKey KEY = TestKey.ed25519(71, BORN);
  private static final byte[] NEW = DebianFixture.tarGz(Map.of("hello-2.0/hello.c", "2\n"));

  @TempDir private Path folder;
  private final List<String> log = new ArrayList<>();
  private DebianFixture debian;
  private Path recipe;

  @BeforeEach
  void publish() throws IOException {
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

  private <T extends AbstractMojo> T goal(T mojo) throws Exception {
    GoalParameters.set(mojo, "recipes", List.of(folder.resolve("recipes").toFile()));
    GoalParameters.set(mojo, "trust", folder.resolve("trust").toFile());
    GoalParameters.set(mojo, "cache", folder.resolve("cache").toFile());
    GoalParameters.set(mojo, "aptFolder", folder.resolve("apt").toFile());
    GoalParameters.set(mojo, "debianMirror", debian.uri("/debian").toString());
    mojo.setLog(
        new SystemStreamLog() {
          @Override
          public void info(CharSequence line) {
            log.add(line.toString());
          }
        });
    return mojo;
  }

  private OutdatedMojo outdated() throws Exception {
    OutdatedMojo mojo = goal(new OutdatedMojo(session(), new MavenProject(), repositories()));
    GoalParameters.set(mojo, "reportFile", folder.resolve("target/outdated.json").toFile());
    return mojo;
  }

  private UpdateMojo update(String source) throws Exception {
    UpdateMojo mojo = goal(new UpdateMojo(session(), new MavenProject(), repositories()));
    GoalParameters.set(mojo, "source", source);
    return mojo;
  }

  @Test
  void outdated_somethingNewer_isLoggedAndReported() throws Exception {
    outdated().execute();

    assertThat(log)
        .containsExactly(
            "Debian trixie: index of 2025-12-01T00:00:00Z, signed by Test <test@example.org>",
            "hello 1.9.1: version 2.0 in Debian trixie (now 1.9.1)");
    assertThat(folder.resolve("target/outdated.json"))
        .content()
        .contains("\"offered\" : \"2.0\"", "\"signer\" : \"" + KEY.fingerprint() + "\"");
  }

  @Test
  void outdated_toldToFail_failsAfterTheReport() throws Exception {
    OutdatedMojo mojo = outdated();
    GoalParameters.set(mojo, "fail", true);

    assertThatExceptionOfType(MojoFailureException.class)
        .isThrownBy(mojo::execute)
        .withMessageContaining("take one with prosody-update:update -Dprosodyoci.source=<recipe>");
    assertThat(folder.resolve("target/outdated.json")).exists();
  }

  @Test
  void outdated_nobodyAnswersAndToldToFail_failsAndNeverSaysUpToDate() throws Exception {
    debian.served.clear();
    OutdatedMojo mojo = outdated();
    GoalParameters.set(mojo, "fail", true);

    assertThatExceptionOfType(MojoFailureException.class)
        .isThrownBy(mojo::execute)
        .withMessageStartingWith(
            "It is not known whether there are newer sources (prosodyoci.outdated.fail):\n"
                + "Debian trixie: not asked: Could not fetch ")
        .withMessageContaining("\nhello: no answer from Debian trixie (not asked)\n");
    assertThat(log)
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
    GoalParameters.set(mojo, "fail", true);

    assertThatExceptionOfType(MojoFailureException.class)
        .isThrownBy(mojo::execute)
        .withMessageContaining("Debian trixie-updates: stale: index of 2025-12-01T00:00:00Z, ")
        .withMessageContaining(" days old; at most 10 are allowed");
    GoalParameters.set(mojo, "maximumAgeDays", 100_000);
    mojo.execute();
    assertThat(log).last().asString().isEqualTo("hello 1.9.1: up to date");
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
    assertThat(log)
        .contains("hello 1.9.1 -> 2.0", "Rewrote " + recipe + ", with all its evidence verified");
  }

  @Test
  void update_dryRun_writesNothing() throws Exception {
    String before = Files.readString(recipe);
    UpdateMojo mojo = update("hello");
    GoalParameters.set(mojo, "dryRun", true);

    mojo.execute();

    assertThat(recipe).hasContent(before);
    assertThat(log).contains("hello 1.9.1 -> 2.0");
  }

  @Test
  void update_shortFormOfVersion_isTaken() throws Exception {
    UpdateMojo mojo = update("hello");
    GoalParameters.set(mojo, "shortToVersion", "3.0");

    assertThatExceptionOfType(MojoFailureException.class)
        .isThrownBy(mojo::execute)
        .withMessageContaining("Debian has no version 3.0");
  }

  @Test
  void update_waiverThatDoesNotExist_isRefused() throws Exception {
    UpdateMojo mojo = update("hello");
    GoalParameters.set(mojo, "allow", List.of("anything"));

    assertThatExceptionOfType(MojoFailureException.class)
        .isThrownBy(mojo::execute)
        .withMessage(
            "prosodyoci.update.allow: 'anything' is not known. Known are unnamed-version,"
                + " signature-age.");
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
    GoalParameters.set(outdated, "skip", true);
    GoalParameters.set(update, "skip", true);

    outdated.execute();
    update.execute();

    assertThat(log)
        .containsExactly(
            "The search for newer sources is skipped (prosodyoci.outdated.skip)",
            "The update of sources is skipped (prosodyoci.update.skip)");
    assertThat(folder.resolve("cache")).doesNotExist();
  }

  private static MavenSession session() {
    @SuppressWarnings("deprecation") // the only one that needs no container
    MavenSession session =
        new MavenSession(
            null,
            MavenRepositorySystemUtils.newSession(),
            new DefaultMavenExecutionRequest(),
            new DefaultMavenExecutionResult());
    return session;
  }

  private static RepositorySystem repositories() {
    return (RepositorySystem)
        java.lang.reflect.Proxy.newProxyInstance(
            RepositorySystem.class.getClassLoader(),
            new Class<?>[] {RepositorySystem.class},
            (proxy, method, arguments) -> {
              throw new AssertionError(method + " is not to be called");
            });
  }
}
