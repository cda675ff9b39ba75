package io.github.prosodyoci.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.it.container.Command;
import io.github.prosodyoci.it.container.Tools;
import io.github.prosodyoci.it.container.Workspace;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whom the image trusts to certify other servers, and how the recipe chooses them. */
class CertificateAuthoritiesIT {

  private static final Path RECIPE =
      Path.of(
          System.getProperty("prosodyoci.it.root"),
          "prosody-image/src/main/recipes/ca-certificates");
  private static final Path BUNDLE =
      ProsodyImage.archive().rootfs().resolve("etc/ssl/certs/ca-certificates.crt");
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+-----END CERTIFICATE-----\n");

  /** Trusted by Mozilla for mail only; for servers under conditions; not at all. */
  private static final List<String> NEVER_FOR_SERVERS =
      List.of(
          "319af0a7729e6f89269c131ea6a3a16fcd86389fdcab3c47a4a675c161a3f974",
          "43df5774b03e7fef5fe40d931a7bedf1bb2e6b42738c4e6d3841103d3aa7f339",
          "9187a8d3b4b711dd51f53c2fd29041cf7c7b9535329556bfc9c706f38db0f81a");

  @Test
  void bundle_allOfIt_isCertificatesOfTheExpectedNumber() throws Exception {
    String text = Files.readString(BUNDLE);
    assertThat(PEM.matcher(text).replaceAll("").strip()).as("beside certificates").isEmpty();

    List<X509Certificate> roots = roots();
    assertThat(roots).hasSize(110);
    assertThat(hashes(roots)).as("without doubles").hasSize(110);
    for (X509Certificate root : roots) {
      assertThat(root.getBasicConstraints()).as("%s may certify", root).isNotNegative();
      root.verify(root.getPublicKey());
    }
  }

  @Test
  void bundle_authoritiesThatWereRemoved_areNotInIt() throws Exception {
    Set<String> leftOut = new TreeSet<>();
    for (String line : Files.readAllLines(RECIPE.resolve("left-out.txt"))) {
      if (!line.startsWith("#")) {
        leftOut.add(line.substring(0, 64));
      }
    }
    assertThat(leftOut)
        .hasSize(31)
        .contains(
            // Comodo AAA Services root, emSign ECC Root CA - G3
            "d7a7a0fb5d7e2731d771e9484ebcdef71d5f0c3e0a2948782bc83ee0ea699ef4",
            "86a1ecba089c4a8d3bbe2734c612ba341d813e043cf9e8a862cd5c57a36bbe6b");

    assertThat(hashes(roots()))
        .doesNotContainAnyElementsOf(leftOut)
        .doesNotContainAnyElementsOf(NEVER_FOR_SERVERS)
        // ISRG Root X1, that the lists speak of the same thing
        .contains("96bcec06264976f37460779acf28c5a7cfe8a3c0aae11a8ffcee05c0bddf08c6");
  }

  @Test
  void recipe_trustOfEachKind_takesThoseForServersWithoutConditions() throws IOException {
    Path folder = Workspace.newFolder("roots");
    String certdata =
        authority("For servers", "a", "CKT_NSS_TRUSTED_DELEGATOR", false)
            + authority("For mail", "b", "CKT_NSS_MUST_VERIFY_TRUST", false)
            + authority("Distrusted", "c", "CKT_NSS_NOT_TRUSTED", false)
            + authority("Until a date", "d", "CKT_NSS_TRUSTED_DELEGATOR", true)
            + authority("Removed since", "e", "CKT_NSS_TRUSTED_DELEGATOR", false)
            + authority("For servers", "f", "CKT_NSS_TRUSTED_DELEGATOR", false);

    Command.Result result = run(certdata, hash("e") + "\tRemoved since\tfor this test\n", folder);

    assertThat(result.output()).contains("left out: Removed since: for this test", "2 authorities");
    assertThat(result.exitCode()).isZero();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "for-servers-" + hash("a").substring(0, 8) + ".crt",
              "for-servers-" + hash("f").substring(0, 8) + ".crt");
    }
    assertThat(folder.resolve("for-servers-" + hash("a").substring(0, 8) + ".crt"))
        .hasContent("-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n");
  }

  @Test
  void recipe_leftOutThatIsNotThere_stops() {
    String certdata = authority("One", "a", "CKT_NSS_TRUSTED_DELEGATOR", false);

    Command.Result unknown =
        run(certdata, hash("z") + "\tAnother\tgone\n", Workspace.newFolder("unknown"));
    assertThat(unknown.exitCode()).isNotZero();
    assertThat(unknown.output()).contains("Another: gone", "leaves out nothing");

    Command.Result useless =
        run(
            authority("Mail", "m", "CKT_NSS_MUST_VERIFY_TRUST", false) + certdata,
            hash("m") + "\tMail\tgone\n",
            Workspace.newFolder("useless"));
    assertThat(useless.exitCode()).isNotZero();
    assertThat(useless.output()).contains("leaves out nothing");

    Command.Result noReason = run(certdata, hash("a") + "\tOne\n", Workspace.newFolder("reason"));
    assertThat(noReason.exitCode()).isNotZero();
    assertThat(noReason.output()).contains("expected SHA-256, label and reason");
  }

  @Test
  void recipe_authorityWithoutTrustRecord_stops() {
    String both = authority("One", "a", "CKT_NSS_TRUSTED_DELEGATOR", false);
    String certificateAlone = both.substring(0, both.lastIndexOf("CKA_CLASS"));

    Command.Result result = run(certificateAlone, "", Workspace.newFolder("alone"));

    assertThat(result.exitCode()).isNotZero();
    assertThat(result.output()).contains("nothing says how far One is trusted");
  }

  private static Command.Result run(String certdata, String leftOut, Path folder) {
    Path inputs = Workspace.newFolder("certdata");
    try {
      return Command.of(
              Tools.require("perl"),
              RECIPE.resolve("write-roots.pl").toString(),
              Files.writeString(inputs.resolve("certdata.txt"), "BEGINDATA\n" + certdata)
                  .toString(),
              Files.writeString(inputs.resolve("left-out.txt"), "# reasons\n" + leftOut).toString(),
              folder.toString())
          .run();
    } catch (IOException e) {
      throw new AssertionError("Could not write " + inputs, e);
    }
  }

  /** Returns an authority and what it is trusted for, laid out as in certdata.txt. */
  private static String authority(String label, String value, String servers, boolean limited) {
    String identity = "CKA_ISSUER " + octal("issuer") + "CKA_SERIAL_NUMBER " + octal(value);
    String limit =
        limited
            ? "CKA_NSS_SERVER_DISTRUST_AFTER " + octal("241130235959Z")
            : "CKA_NSS_SERVER_DISTRUST_AFTER CK_BBOOL CK_FALSE\n";
    return "# A comment\nCKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE\nCKA_LABEL UTF8 \""
        + label
        + "\"\n"
        + identity
        + "CKA_VALUE "
        + octal(value)
        + limit
        + "\nCKA_CLASS CK_OBJECT_CLASS CKO_NSS_TRUST\nCKA_LABEL UTF8 \"any\"\n"
        + identity
        + "CKA_TRUST_SERVER_AUTH CK_TRUST "
        + servers
        + "\nCKA_TRUST_EMAIL_PROTECTION CK_TRUST CKT_NSS_TRUSTED_DELEGATOR\n\n";
  }

  private static String octal(String text) {
    StringBuilder octal = new StringBuilder("MULTILINE_OCTAL\n");
    for (byte b : text.getBytes(StandardCharsets.US_ASCII)) {
      octal.append('\\').append(Integer.toOctalString(0x200 | b).substring(1));
    }
    return octal.append("\nEND\n").toString();
  }

  private static List<X509Certificate> roots() throws IOException, CertificateException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> roots = new ArrayList<>();
    Matcher pem = PEM.matcher(Files.readString(BUNDLE));
    while (pem.find()) {
      byte[] bytes = pem.group().getBytes(StandardCharsets.US_ASCII);
      roots.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(bytes)));
    }
    return roots;
  }

  private static Set<String> hashes(List<X509Certificate> roots) throws CertificateException {
    Set<String> hashes = new TreeSet<>();
    for (X509Certificate root : roots) {
      hashes.add(Digest.of(root.getEncoded()).hex());
    }
    return hashes;
  }

  private static String hash(String text) {
    return Digest.of(text.getBytes(StandardCharsets.US_ASCII)).hex();
  }
}
