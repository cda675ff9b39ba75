package io.github.prosodyoci.verify.maven;

import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.BORN;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.DATA;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.KEY;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.OTHER;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.SIGNED;
import static io.github.prosodyoci.verify.openpgp.TestCertificate.signatureArmor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.verify.Verification;
import io.github.prosodyoci.verify.openpgp.TestCertificate;
import io.github.prosodyoci.verify.openpgp.TestKey;
import io.github.prosodyoci.verify.openpgp.TestSignature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.execution.DefaultMavenExecutionRequest;
import org.apache.maven.execution.DefaultMavenExecutionResult;
import org.apache.maven.execution.MavenExecutionRequest;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugin.logging.SystemStreamLog;
import org.apache.maven.project.MavenProject;
import org.apache.maven.repository.internal.MavenRepositorySystemUtils;
import org.eclipse.aether.RepositorySystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The goal sources, as Maven calls it. */
class SourcesMojoTest {

  @TempDir private Path folder;
  private final List<String> log = new ArrayList<>();

  @BeforeEach
  void writeTrust() throws IOException {
    Files.createDirectories(folder.resolve("recipes"));
    Path trust = Files.createDirectories(folder.resolve("trust"));
    Files.write(trust.resolve("key.asc"), TestCertificate.of(KEY, BORN).armored());
    Files.write(folder.resolve("recipes/file.tar"), DATA);
    recipe(KEY);
  }

  private void recipe(TestKey signer) throws IOException {
    byte[] signature = signatureArmor(new TestSignature(signer, 0, SIGNED).over(DATA));
    Files.write(folder.resolve("recipes/file.tar.asc"), signature);
    Files.writeString(
        folder.resolve("recipes/a.yaml"),
        "sources:\n  - file: file.tar\n    sha256: "
            + Digest.of(DATA).hex()
            + "\n    origins: ['file:file.tar']\n    evidence:\n      - signature: {file:"
            + " file.tar.asc, sha256: "
            + Digest.of(signature).hex()
            + ", origins: ['file:file.tar.asc'], signers: ["
            + KEY.fingerprint()
            + "]}\n");
  }

  private SourcesMojo mojo(boolean offline) throws Exception {
    MavenExecutionRequest request = new DefaultMavenExecutionRequest();
    request.setOffline(offline);
    @SuppressWarnings("deprecation") // the only one that needs no container
    MavenSession session =
        new MavenSession(
            null,
            MavenRepositorySystemUtils.newSession(),
            request,
            new DefaultMavenExecutionResult());
    RepositorySystem repositories =
        (RepositorySystem)
            java.lang.reflect.Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {RepositorySystem.class},
                (proxy, method, arguments) -> {
                  throw new AssertionError(method);
                });
    SourcesMojo mojo = new SourcesMojo(session, new MavenProject(), repositories);
    GoalParameters.set(mojo, "recipes", List.of(folder.resolve("recipes").toFile()));
    GoalParameters.set(mojo, "trust", folder.resolve("trust").toFile());
    GoalParameters.set(mojo, "platform", "linux/amd64");
    GoalParameters.set(mojo, "cache", folder.resolve("cache").toFile());
    GoalParameters.set(mojo, "aptFolder", folder.resolve("apt").toFile());
    GoalParameters.set(mojo, "reportFile", folder.resolve("target/verification.json").toFile());
    GoalParameters.set(mojo, "pageFile", folder.resolve("target/verification.html").toFile());
    GoalParameters.set(mojo, "version", "1");
    mojo.setLog(
        new SystemStreamLog() {
          @Override
          public void info(CharSequence line) {
            log.add(line.toString());
          }
        });
    return mojo;
  }

  @Test
  void execute_signedFile_writesReportAndPageAndLogsWhoSigned() throws Exception {
    mojo(false).execute();

    assertThat(Verification.read(folder.resolve("target/verification.json")).trusted())
        .containsExactly(Digest.of(DATA));
    assertThat(folder.resolve("target/verification.html"))
        .content()
        .contains("Test &lt;test@example.org&gt;");
    assertThat(log)
        .containsSubsequence(
            "file.tar  strong  Test <test@example.org>, 2024-01-01, file.tar.asc",
            "1 source files verified: " + folder.resolve("target/verification.html"));
  }

  @Test
  void execute_nothingChanged_saysSoAndRestoresThePage() throws Exception {
    mojo(false).execute();
    byte[] page = Files.readAllBytes(folder.resolve("target/verification.html"));
    Files.delete(folder.resolve("target/verification.html"));
    log.clear();

    mojo(true).execute();

    assertThat(log)
        .containsExactly(
            "The evidence of 1 source files is up to date (again with"
                + " -Dprosodyoci.verify.force)");
    assertThat(folder.resolve("target/verification.html")).hasBinaryContent(page);
  }

  @Test
  void execute_forced_verifiesAgainOffline() throws Exception {
    mojo(false).execute();
    log.clear();
    SourcesMojo mojo = mojo(true);
    GoalParameters.set(mojo, "force", true);

    mojo.execute();

    assertThat(log).anyMatch(line -> line.startsWith("1 source files verified"));
  }

  @Test
  void execute_notTrustedAnyMore_failsAndLeavesNoReport() throws Exception {
    mojo(false).execute();
    recipe(OTHER);

    assertThatExceptionOfType(MojoFailureException.class)
        .isThrownBy(() -> mojo(false).execute())
        .withMessageContaining("(wrong-signer)");
    assertThat(folder.resolve("target")).isEmptyDirectory();
  }

  @Test
  void execute_skipped_doesNothingAndSaysSo() throws Exception {
    SourcesMojo mojo = mojo(false);
    GoalParameters.set(mojo, "skip", true);

    mojo.execute();

    assertThat(log).containsExactly("Verification of sources is skipped (prosodyoci.verify.skip)");
    assertThat(folder.resolve("target")).doesNotExist();
  }
}
