package io.github.prosodyoci.verify.maven;

import static io.github.prosodyoci.maven.GoalFixture.set;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.BORN;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.DATA;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.KEY;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.OTHER;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.SIGNED;
import static io.github.prosodyoci.verify.openpgp.TestCertificate.signatureArmor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.maven.GoalFixture;
import io.github.prosodyoci.verify.VerifyResult;
import io.github.prosodyoci.verify.openpgp.TestCertificate;
import io.github.prosodyoci.verify.openpgp.TestKey;
import io.github.prosodyoci.verify.openpgp.TestSignature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.maven.plugin.MojoFailureException;
import org.eclipse.aether.RepositorySystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The goal sources, as Maven calls it. */
class SourcesMojoTest {

  @TempDir private Path folder;
  private GoalFixture maven;

  @BeforeEach
  void writeTrust() throws IOException {
    maven = new GoalFixture(folder);
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
    maven.request.setOffline(offline);
    SourcesMojo mojo = maven.prepare(new SourcesMojo(), "prosody-verify:sources");
    set(mojo, "repositories", GoalFixture.unused(RepositorySystem.class));
    set(mojo, "recipes", List.of(folder.resolve("recipes").toFile()));
    set(mojo, "trust", folder.resolve("trust").toFile());
    set(mojo, "platforms", List.of("linux/amd64"));
    set(mojo, "aptFolder", folder.resolve("apt").toFile());
    set(mojo, "reportFile", folder.resolve("target/verification.json").toFile());
    set(mojo, "pageFile", folder.resolve("target/verification.html").toFile());
    return mojo;
  }

  @Test
  void execute_signedFile_writesReportAndPageAndLogsWhoSigned() throws Exception {
    mojo(false).execute();

    assertThat(VerifyResult.read(folder.resolve("target/verification.json")).trusted())
        .containsExactly(Digest.of(DATA));
    assertThat(folder.resolve("target/verification.html"))
        .content()
        .contains("Test &lt;test@example.org&gt;");
    assertThat(maven.info)
        .containsSubsequence(
            "file.tar  strong  Test <test@example.org>, 2024-01-01, file.tar.asc",
            "1 source files verified: " + folder.resolve("target/verification.html"));
  }

  @Test
  void execute_nothingChanged_saysSoAndRestoresThePage() throws Exception {
    mojo(false).execute();
    byte[] page = Files.readAllBytes(folder.resolve("target/verification.html"));
    Files.delete(folder.resolve("target/verification.html"));
    maven.info.clear();

    mojo(true).execute();

    assertThat(maven.info)
        .containsExactly(
            "The evidence of 1 source files is up to date (again with"
                + " -Dprosodyoci.verify.force)");
    assertThat(folder.resolve("target/verification.html")).hasBinaryContent(page);
  }

  @Test
  void execute_forced_verifiesAgainOffline() throws Exception {
    mojo(false).execute();
    maven.info.clear();
    SourcesMojo mojo = mojo(true);
    set(mojo, "force", true);

    mojo.execute();

    assertThat(maven.info).anyMatch(line -> line.startsWith("1 source files verified"));
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
    set(mojo, "skip", true);

    mojo.execute();

    assertThat(maven.info)
        .containsExactly("Skipping prosody-verify:sources (prosodyoci.verify.skip)");
    assertThat(folder.resolve("target")).doesNotExist();
  }
}
