package io.github.prosodyoci.image;

import static io.github.prosodyoci.image.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.archive.Layer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pushes to the real docker-registry of Debian. */
@Tag("slow")
class ImagePusherTest {

  private static final RegistryLogin LOGIN =
      new RegistryLogin(DockerRegistry.USER, DockerRegistry.PASSWORD, "the test");

  @TempDir static Path shared;
  private static DockerRegistry open;
  private static DockerRegistry locked;
  private static Fixture fixture;
  private static ImageReport report;

  @TempDir Path home;
  private final List<String> progress = new ArrayList<>();
  private final List<String> debug = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    open = new DockerRegistry(shared.resolve("open"), false);
    locked = new DockerRegistry(shared.resolve("locked"), true);
    fixture = new Fixture(shared.resolve("image"));
    report = fixture.assemble().report();
  }

  @AfterAll
  static void stop() {
    if (open != null) {
      open.close();
    }
    if (locked != null) {
      locked.close();
    }
  }

  @BeforeEach
  void forget() {
    progress.clear();
  }

  private Digest push(String name, @Nullable RegistryLogin login, String... tags)
      throws IOException {
    return pusher(Map.of()).push(fixture.push(name, login, tags)).digest();
  }

  private ImagePusher pusher(Map<String, String> environment) {
    return Fixture.pusher(environment, home, progress::add, debug::add);
  }

  @Test
  void push_givesTheRegistryTheDigestOfTheReport() throws Exception {
    String name = open.host() + "/example/tiny:1.0";
    assertThat(push(name, null)).isEqualTo(report.digest());
    assertThat(
            Tools.run(
                "skopeo",
                "inspect",
                "--tls-verify=false",
                "--format={{.Digest}}",
                "docker://" + name))
        .isEqualTo(report.digest() + "\n");
  }

  @Test
  void push_pulledBackWithSkopeo_isTheSameByteForByte(@TempDir Path pulled) throws Exception {
    String name = open.host() + "/example/back:1.0";
    push(name, null);
    Tools.run(
        "skopeo",
        "--insecure-policy",
        "copy",
        "--quiet",
        "--preserve-digests",
        "--src-tls-verify=false",
        "docker://" + name,
        "dir:" + pulled);
    assertThat(Digest.of(pulled.resolve("manifest.json"))).isEqualTo(report.digest());
    assertThat(Digest.of(pulled.resolve(report.configDigest().hex())))
        .isEqualTo(report.configDigest());
    for (Layer layer : report.layers()) {
      assertThat(Digest.of(pulled.resolve(layer.digest().hex()))).isEqualTo(layer.digest());
    }
  }

  @Test
  void push_again_sendsNoBlobTwice() throws IOException {
    String name = open.host() + "/example/twice:1.0";
    push(name, null);
    assertThat(progress)
        .hasSize(4)
        .last()
        .isEqualTo("Tagged " + open.host() + "/example/twice:1.0");
    assertThat(progress.subList(0, 3))
        .allMatch(line -> line.startsWith("Pushed "))
        .anyMatch(line -> line.contains(pushed(0)))
        .anyMatch(line -> line.contains(pushed(1)))
        .anyMatch(line -> line.contains(report.configDigest() + ", 810 bytes"))
        .last()
        .asString()
        .endsWith("(" + report.size() + " of " + report.size() + ")");
    progress.clear();
    push(name, null);
    assertThat(progress).hasSize(4).filteredOn(line -> line.startsWith("Already there")).hasSize(3);
  }

  private String pushed(int layer) {
    Layer pushed = report.layers().get(layer);
    return pushed.digest() + ", " + pushed.size() + " bytes";
  }

  @Test
  void push_withMoreTags_tagsTheSameDigest() throws Exception {
    push(open.host() + "/example/tags:1.0.0", null, "1.0", "1");
    for (String tag : List.of("1.0.0", "1.0", "1")) {
      assertThat(
              Tools.run(
                  "skopeo",
                  "inspect",
                  "--tls-verify=false",
                  "--format={{.Digest}}",
                  "docker://" + open.host() + "/example/tags:" + tag))
          .isEqualTo(report.digest() + "\n");
    }
  }

  @Test
  void push_withLogin_isTaken() throws IOException {
    assertThat(push(locked.host() + "/example/tiny:1.0", LOGIN)).isEqualTo(report.digest());
  }

  @Test
  void push_overTlsWithLogin_isReadBackBySkopeo(@TempDir Path folder) throws Exception {
    SelfSigned.context(folder);
    try (DockerRegistry registry =
        DockerRegistry.withTls(
            folder.resolve("registry"),
            true,
            SelfSigned.certificate(folder),
            SelfSigned.key(folder))) {
      String name = registry.host() + "/example/tls:1.0";
      assertThat(push(name, LOGIN, "latest")).isEqualTo(report.digest());
      Path trusted = Files.createDirectories(folder.resolve("trusted"));
      Files.copy(SelfSigned.certificate(folder), trusted.resolve("ca.crt"));
      assertThat(
              Tools.run(
                  "skopeo",
                  "inspect",
                  "--cert-dir=" + trusted,
                  "--creds=" + DockerRegistry.USER + ":" + DockerRegistry.PASSWORD,
                  "--format={{.Digest}} {{.RepoTags}}",
                  "docker://" + name))
          .startsWith(report.digest() + " ")
          .contains("1.0", "latest");
    }
  }

  @Test
  void push_withLoginOfDockerConfig_isTaken() throws IOException {
    String auth =
        Base64.getEncoder()
            .encodeToString(
                (DockerRegistry.USER + ":" + DockerRegistry.PASSWORD)
                    .getBytes(StandardCharsets.UTF_8));
    Path config = Files.createDirectories(home.resolve("elsewhere"));
    Files.writeString(
        config.resolve("config.json"),
        "{\"auths\":{\"" + locked.host() + "\":{\"auth\":\"" + auth + "\"}}}");
    PushRequest request = fixture.push(locked.host() + "/example/tiny:2.0", null);
    assertThat(pusher(Map.of("DOCKER_CONFIG", config.toString())).push(request).digest())
        .isEqualTo(report.digest());

    Files.createDirectories(home.resolve(".docker"));
    Files.copy(config.resolve("config.json"), home.resolve(".docker/config.json"));
    assertThat(pusher(Map.of()).push(request).digest()).isEqualTo(report.digest());
    assertThat(debug.toString()).doesNotContain(DockerRegistry.PASSWORD);
  }

  @Test
  void push_withWrongPassword_saysWhoseLoginWasRefused() {
    String name = locked.host() + "/example/tiny:1.0";
    assertFails(
            ImageCode.LOGIN_REFUSED,
            () -> push(name, new RegistryLogin("tester", "wr0ng", "the test")))
        .hasMessage(
            "Could not push %s: %s refused the login of user tester (login from"
                + " the test) (login-refused). Check name and password.",
            name, locked.host());
    assertThat(debug.toString()).doesNotContain("wr0ng");
  }

  @Test
  void push_withoutTheLoginThatIsWanted_saysWhereToPutOne() {
    String name = locked.host() + "/example/tiny:1.0";
    assertFails(ImageCode.LOGIN_REQUIRED, () -> push(name, null))
        .hasMessageStartingWith(
            "Could not push %s: %s requires a login, and none was found (login-required). Run docker"
                + " login %s",
            name, locked.host(), locked.host());
  }

  @Test
  void push_toARegistryThatIsDown_saysSo() {
    String host = "127.0.0.1:" + DockerRegistry.freePort();
    assertFails(ImageCode.CONNECTION_REFUSED, () -> push(host + "/example/tiny:1.0", null))
        .hasMessageStartingWith(
            "Could not push %s/example/tiny:1.0: %s does not accept connections", host, host);
  }

  @Test
  void push_toANameThatIsNoHost_saysSo() {
    assertFails(ImageCode.UNKNOWN_HOST, () -> push("registry.invalid/example/tiny:1.0", null))
        .hasMessageContaining("there is no host named registry.invalid");
  }

  /** Returns this machine's name, by which it is not known to be the loopback interface. */
  private static String hostName() {
    try {
      String name = InetAddress.getLocalHost().getHostName();
      assumeTrue(
          name.matches("[A-Za-z0-9][A-Za-z0-9-]*[A-Za-z0-9]") && !name.equals("localhost"),
          "this machine has no name that fits");
      return name;
    } catch (UnknownHostException e) {
      assumeTrue(false, "this machine's name has no address");
      throw new IllegalStateException(e);
    }
  }

  @Test
  void push_overPlainHttpToAnotherMachine_isRefused() {
    String host = hostName() + ":" + open.port;
    assertFails(ImageCode.UNTRUSTED_CERTIFICATE, () -> push(host + "/example/tiny:1.0", null))
        .hasMessageStartingWith(
            "Could not push %s/example/tiny:1.0: %s does not speak TLS with a trusted certificate:",
            host, host)
        .hasMessageEndingWith("-Dprosodyoci.allowInsecureRegistries.");
  }

  @Test
  void push_overPlainHttpToAnotherMachine_whenAllowed_works() throws IOException {
    PushRequest request =
        new PushRequest(
            fixture.archive(),
            report.digest(),
            ImageName.parse(hostName() + ":" + open.port + "/example/allowed:1.0"),
            List.of(),
            null,
            null,
            true);
    assertThat(pusher(Map.of()).push(request).digest()).isEqualTo(report.digest());
  }

  @Test
  void push_ofAnotherImageThanReported_isRefusedBeforeAnythingIsSent() {
    Digest other = Digest.of(new byte[0]);
    PushRequest request =
        new PushRequest(
            fixture.archive(),
            other,
            ImageName.parse(open.host() + "/example/other:1.0"),
            List.of(),
            null,
            null,
            false);
    assertFails(ImageCode.IMAGE_MISMATCH, () -> pusher(Map.of()).push(request))
        .hasMessageContaining("holds the image " + report.digest() + "; expected " + other);
    assertThat(progress).isEmpty();
  }

  @Test
  void push_ofADamagedArchive_isRefusedBeforeAnythingIsSent() throws IOException {
    byte[] bytes = Files.readAllBytes(fixture.archive());
    byte[] layer = Files.readAllBytes(shared.resolve("image").resolve("layers/app.tar.gz"));
    int at = indexOf(bytes, layer);
    bytes[at + 30] ^= 1;
    Path damaged = Files.write(home.resolve("damaged.tar"), bytes);
    assertFails(
            ImageCode.ARCHIVE_DAMAGED,
            () ->
                pusher(Map.of())
                    .push(
                        new PushRequest(
                            damaged,
                            report.digest(),
                            ImageName.parse(open.host() + "/example/damaged:1.0"),
                            List.of(),
                            null,
                            null,
                            false)))
        .hasMessageContaining("expected " + report.layers().get(1).digest())
        .hasMessageEndingWith("Make the image again: mvn clean package.");
    assertThat(progress).isEmpty();
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    return text.indexOf(new String(part, StandardCharsets.ISO_8859_1));
  }
}
