package io.github.prosodyoci.verify;

import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.BORN;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.DATA;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.KEY;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.OTHER;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.SIGNED;
import static io.github.prosodyoci.verify.openpgp.TestCertificate.signatureArmor;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.DocumentedProgram;
import io.github.prosodyoci.recipe.Waiver;
import io.github.prosodyoci.verify.EvidenceResult.Outcome;
import io.github.prosodyoci.verify.openpgp.TestCertificate;
import io.github.prosodyoci.verify.openpgp.TestSignature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the programs of docs/verification.md as they stand there, and checks its lists. */
@Tag("slow")
class DocumentationTest {

  private static final Path DOCUMENT = Path.of("../docs/verification.md");

  @TempDir private Path folder;

  @BeforeEach
  void writeProject() throws IOException {
    byte[] signature = signatureArmor(new TestSignature(KEY, 0, SIGNED).over(DATA));
    Files.write(folder.resolve("file.tar"), DATA);
    Files.write(folder.resolve("file.tar.asc"), signature);
    Path trust = Files.createDirectories(folder.resolve("trust"));
    Files.write(trust.resolve("key.asc"), TestCertificate.of(KEY, BORN).armored());
    Files.write(folder.resolve("other.asc"), TestCertificate.of(OTHER, BORN).armored());
    Files.writeString(
        folder.resolve("sources.yaml"),
        "sources:\n  - file: file.tar\n    sha256: "
            + Digest.of(DATA).hex()
            + "\n    origins: ['file:file.tar']\n    evidence:\n      - signature: {file:"
            + " file.tar.asc, sha256: "
            + Digest.of(signature).hex()
            + ", origins: ['file:file.tar.asc'], signers: ["
            + KEY.fingerprint()
            + "]}\n");
  }

  private String run(String program, String... arguments) throws Exception {
    return DocumentedProgram.compile(DOCUMENT, program, folder).run(arguments);
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  @Test
  void verifiedDownloads_signedFile_printsWhoSigned() throws Exception {
    assertThat(run("VerifiedDownloads", folder.toString(), path("cache")))
        .isEqualTo("file.tar  strong  Test <test@example.org>, 2024-01-01, file.tar.asc");
    assertThat(folder.resolve("verification.html")).content().contains("file:file.tar");
    assertThat(VerifyResult.read(folder.resolve("verification.json")).trusted())
        .containsExactly(Digest.of(DATA));
  }

  @Test
  void oneSignature_goodOrNot_printsWhoSignedOrTheCode() throws Exception {
    assertThat(run("OneSignature", path("file.tar"), path("file.tar.asc"), path("trust/key.asc")))
        .isEqualTo(KEY.fingerprint() + " Test <test@example.org> []");
    assertThat(run("OneSignature", path("file.tar"), path("file.tar.asc"), path("other.asc")))
        .contains("FailureException: Could not verify the signature")
        .contains("(wrong-signer)");
  }

  @Test
  void document_codes_areThoseThatExist() throws IOException {
    String text = Files.readString(DOCUMENT);
    String table = text.substring(text.indexOf("## Codes"), text.indexOf("## target/"));

    assertThat(
            Pattern.compile("(?m)^\\| `([a-z0-9-]+)` \\|")
                .matcher(table)
                .results()
                .map(row -> row.group(1)))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(VerifyCode.values()).map(Object::toString).toList());
    assertThat(text).contains("| `schema` | " + VerifyResult.SCHEMA + " |");
    for (Object name : Stream.of(Waiver.values(), Outcome.values()).flatMap(Stream::of).toList()) {
      assertThat(text).contains(name.toString());
    }
  }
}
