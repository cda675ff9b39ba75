package io.github.prosodyoci.evidence.sign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.evidence.EvidenceCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A key in SoftHSM, whose library finds its token by a variable: in a process of its own. */
@Tag("slow")
final class TokenKeyTest {

  private static final String PIN = "83625";
  private static final Path MODULE = Path.of("/usr/lib/softhsm/libsofthsm2.so");
  private static final String URI = "pkcs11:object=publisher;type=private?module-path=" + MODULE;

  @TempDir private Path folder;

  /**
   * Signs a text with a key, and prints public half and signature; what a test cannot do itself.
   */
  public static final class Main {

    private Main() {}

    /** Takes a URI and a text; the PIN is a variable. */
    public static void main(String[] arguments) {
      try {
        SigningKey key =
            TokenKey.open(arguments[0], Optional.ofNullable(System.getenv("TEST_PIN")));
        byte[] signature = key.sign(arguments[1].getBytes(StandardCharsets.UTF_8));
        System.out.println(Base64.getEncoder().encodeToString(signature));
        System.out.println(key.publicPem());
      } catch (FailureException e) {
        System.out.println(e.getMessage());
        System.exit(1);
      }
    }
  }

  private record Ran(int status, String output) {}

  @BeforeEach
  void makeToken() throws Exception {
    assumeTrue(Files.exists(MODULE), "softhsm2 is not installed");
    Files.createDirectory(folder.resolve("tokens"));
    Files.writeString(
        folder.resolve("softhsm2.conf"),
        "directories.tokendir = " + folder.resolve("tokens") + "\nlog.level = ERROR\n");
    Files.writeString(
        folder.resolve("provider.cfg"), "name=t\nlibrary=" + MODULE + "\nslotListIndex=0\n");
    Ran made =
        run(
            "softhsm2-util",
            "--init-token",
            "--free",
            "--label",
            "test",
            "--pin",
            PIN,
            "--so-pin",
            "9999");
    assertThat(made.status()).as(made.output()).isZero();
    makeKey("publisher", "EC", "-groupname", "secp256r1");
  }

  private void makeKey(String alias, String algorithm, String... options) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-dname",
                "CN=" + alias,
                "-keyalg",
                algorithm,
                "-keystore",
                "NONE",
                "-storetype",
                "PKCS11",
                "-storepass",
                PIN,
                "-addprovider",
                "SunPKCS11",
                "-providerArg",
                folder.resolve("provider.cfg").toString()));
    command.addAll(List.of(options));
    Ran made = run(command.toArray(String[]::new));
    assertThat(made.status()).as(made.output()).isZero();
  }

  private Ran run(String... command) throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("SOFTHSM2_CONF", folder.resolve("softhsm2.conf").toString());
    builder.environment().put("TEST_PIN", PIN);
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ran(process.exitValue(), Files.readString(output));
  }

  private Ran sign(String uri) throws IOException, InterruptedException {
    return run(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-cp",
        System.getProperty("java.class.path"),
        Main.class.getName(),
        uri,
        "text");
  }

  @Test
  void sign_keyInAToken_isVerifiedByItsPublicHalf() throws Exception {
    Ran ran = sign(URI);

    assertThat(ran.status()).as(ran.output()).isZero();
    String[] lines = ran.output().split("\n", 2);
    VerifyingKey key = VerifyingKey.parse("token", lines[1]);
    byte[] signature = Base64.getDecoder().decode(lines[0]);
    assertThat(key.verifies("text".getBytes(StandardCharsets.UTF_8), signature)).isTrue();
    assertThat(key.verifies("next".getBytes(StandardCharsets.UTF_8), signature)).isFalse();
  }

  @Test
  void sign_pinInAFile_isTakenFromThere() throws Exception {
    Path pin = Files.writeString(folder.resolve("pin"), PIN + "\n");
    Path wrong = Files.writeString(folder.resolve("wrong"), "0000\n");

    assertThat(sign(URI + "&pin-source=file:" + pin).status()).isZero();
    Ran refused = sign(URI + "&pin-source=" + wrong);
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.output())
        .contains("the token does not open: CKR_PIN_INCORRECT (bad-key)")
        .doesNotContain("0000");
  }

  @Test
  void sign_keyThatIsNotThereOrOfAnotherKind_isRefused() throws Exception {
    makeKey("old", "RSA", "-keysize", "2048");

    assertThat(sign(URI.replace("=publisher", "=stranger")).output())
        .contains("the token has no private key of this label");
    assertThat(sign(URI.replace("=publisher", "=old")).output())
        .contains("it is a key of another kind");
    assertThat(sign(URI.replace("softhsm2.so", "none.so")).output()).contains("(bad-key)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pkcs11:object=a?module-path=/m&pin-value=1234",
        "pkcs11:token=t;object=a?module-path=/m",
        "pkcs11:object=a",
        "pkcs11:?module-path=/usr/lib/m.so",
        "pkcs11:object=a?module-path=/m%0Aattributes=x",
        "pkcs11:object=a?module-path=/m.so&pin-source=/there/is/none"
      })
  void open_otherUri_isRefusedWithoutThePin(String uri) {
    FailureException refused =
        catchThrowableOfType(FailureException.class, () -> TokenKey.open(uri, Optional.of("1234")));

    assertThat(refused.failureCode()).isEqualTo(EvidenceCode.BAD_KEY);
    assertThat(refused).hasMessageNotContaining("1234");
  }
}
