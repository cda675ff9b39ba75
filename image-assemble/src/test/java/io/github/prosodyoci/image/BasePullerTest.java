package io.github.prosodyoci.image;

import static io.github.prosodyoci.image.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.image.registry.RegistryConnector;
import io.github.prosodyoci.image.transfer.LayoutSource;
import io.github.prosodyoci.image.transfer.Layouts;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that are built on another one. */
@Tag("slow")
class BasePullerTest {

  @TempDir static Path shared;
  private static DockerRegistry registry;
  private static SSLContext tls;

  @TempDir Path folder;
  private Fixture fixture;
  private ImageReport base;
  private final List<String> progress = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    registry = new DockerRegistry(shared, false);
    tls = SelfSigned.context(shared);
  }

  @AfterAll
  static void stop() {
    if (registry != null) {
      registry.close();
    }
  }

  @BeforeEach
  void assemble() throws IOException {
    fixture = new Fixture(folder.resolve("base"));
    base = fixture.assemble().report();
  }

  private BaseImage pull(String location, Platform platform, boolean offline) {
    return new BasePuller(
            new DockerCredentials(Map.of(), folder),
            new RegistryConnector(HttpClient.Builder.NO_PROXY, "test"),
            progress::add,
            line -> {})
        .pull(
            new BaseRequest(
                ImageLocation.parse(location),
                platform,
                folder.resolve("cache"),
                RegistryAccess.DEFAULT,
                offline));
  }

  private BaseImage pull(String location) {
    return pull(location, Platform.LINUX_AMD64, false);
  }

  /** Pushes the base and returns its pinned name. */
  private String pushed(String repository) throws IOException {
    String name = registry.host() + repository + ":1.0";
    Fixture.pusher(folder).push(fixture.push(name, null));
    return name + "@" + base.digest();
  }

  /** Assembles an image of the fixture's second layer on a base. */
  private ImageReport assembleOn(BaseImage below, ContainerConfig config) throws IOException {
    Fixture own = new Fixture(folder.resolve("own"), Platform.LINUX_AMD64);
    ImageDescription description =
        new ImageDescription(
            ImageName.parse("own:1"),
            Platform.LINUX_AMD64,
            Fixture.TIME,
            config,
            Map.of("org.opencontainers.image.title", "own"));
    return new ImageAssembler(line -> {})
        .assemble(
            new AssembleRequest(
                own.layersFile(), description, own.archive(), own.report(), "test", below))
        .report();
  }

  private String document(Digest digest) throws IOException {
    try (Stream<String> lines =
        Files.readString(folder.resolve("own/tiny-linux-amd64.tar"), StandardCharsets.ISO_8859_1)
            .lines()) {
      return lines
          .flatMap(line -> Stream.of(line.split("\0+")))
          .filter(text -> Digest.of(text.getBytes(StandardCharsets.UTF_8)).equals(digest))
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void archiveAsBase_isBelowAndInherited() throws Exception {
    BaseImage below = pull("oci-archive:" + fixture.archive());
    ContainerConfig config =
        new ContainerConfig(
            List.of(),
            List.of(),
            Map.of("LANG", "de_DE.UTF-8", "NEW", "1"),
            null,
            List.of("9000"),
            List.of("/srv"),
            null,
            Map.of("b", "2"),
            null,
            null);
    ImageReport made = assembleOn(below, config);

    List<Digest> layers =
        Stream.concat(base.layers().stream(), made.layers().stream()).map(Layer::digest).toList();
    assertThat(made.base())
        .isEqualTo(new ImageReport.Base(null, base.digest(), layers.subList(0, 2)));
    assertThat(document(made.configDigest()))
        .contains("\"User\":\"100:101\"")
        .contains("\"Env\":[\"PATH=/usr/bin:/bin\",\"LANG=de_DE.UTF-8\",\"NEW=1\"]")
        .contains("\"Entrypoint\":[\"/usr/bin/start\",\"--now\"],\"Cmd\":[\"serve\"]")
        .contains("\"9000/tcp\":{}", "\"5222/tcp\":{}", "\"/srv\":{}", "\"/etc/tiny\":{}")
        .contains("\"Labels\":{\"a\":\"1\",\"b\":\"2\"}")
        .contains("\"StopSignal\":\"SIGTERM\"", "\"Healthcheck\":{")
        .contains("\"created_by\":\"base: base-1.0-r0\"");
    assertThat(document(made.digest()))
        .contains(
            "\"annotations\":{\"org.opencontainers.image.base.digest\":\""
                + base.digest()
                + "\",\"org.opencontainers.image.title\":\"own\"}")
        .doesNotContain(folder.toString());
    String archive = "oci-archive:" + folder.resolve("own/tiny-linux-amd64.tar");
    assertThat(Tools.run("skopeo", "inspect", "--format={{.Layers}}", archive))
        .isEqualTo(layers.toString().replace(",", "") + "\n");
    // Its store computes each diffID anew.
    Tools.run(
        "skopeo",
        "--insecure-policy",
        "copy",
        "--quiet",
        "docker-archive:" + folder.resolve("own/tiny-linux-amd64.tar"),
        "dir:" + folder.resolve("dir"));
  }

  @Test
  void ownEntrypoint_dropsTheArgumentsOfTheBase() throws IOException {
    ContainerConfig config =
        new ContainerConfig(
            List.of("/bin/own"),
            List.of(),
            Map.of(),
            "7",
            List.of(),
            List.of(),
            "/x",
            Map.of(),
            "SIGINT",
            new Healthcheck(List.of("NONE"), null, null, null, null));
    ImageReport made = assembleOn(pull("oci-archive:" + fixture.archive()), config);
    assertThat(document(made.configDigest()))
        .contains("\"Entrypoint\":[\"/bin/own\"],\"Volumes\"")
        .contains("\"User\":\"7\"", "\"WorkingDir\":\"/x\"", "\"StopSignal\":\"SIGINT\"")
        .contains("\"Healthcheck\":{\"Test\":[\"NONE\"]}");
  }

  @Test
  void registryAsBase_isPulledOnce_andUsedOffline() throws Exception {
    String pinned = pushed("/base/once");
    BaseImage below = pull(pinned);
    assertThat(progress).hasSize(3);
    assertThat(below.name()).contains(registry.host() + "/base/once:1.0");
    ImageReport made = assembleOn(below, ContainerConfig.EMPTY);
    assertThat(document(made.digest()))
        .contains(
            "\"org.opencontainers.image.base.name\":\"" + registry.host() + "/base/once:1.0\"");

    progress.clear();
    BaseImage again = pull(pinned, Platform.LINUX_AMD64, true);
    assertThat(progress).isEmpty();
    assertThat(assembleOn(again, ContainerConfig.EMPTY)).isEqualTo(made);
  }

  @Test
  void blobOfTheBase_isMountedWhenTheImageIsPushed() throws Exception {
    BaseImage below = pull(pushed("/base/mounted"));
    ImageReport made = assembleOn(below, ContainerConfig.EMPTY);
    new ImagePusher(
            new DockerCredentials(Map.of(), folder),
            new RegistryConnector(HttpClient.Builder.NO_PROXY, "test"),
            progress::add,
            line -> {})
        .push(
            new PushRequest(
                folder.resolve("own/tiny-linux-amd64.tar"),
                made.digest(),
                ImageName.parse(registry.host() + "/own/mounted:1"),
                List.of(),
                null,
                null,
                false));
    assertThat(progress).filteredOn(line -> line.startsWith("Mounted ")).hasSizeBetween(1, 2);
  }

  @Test
  void damagedCache_isPulledAgain_orRefusedOffline() throws Exception {
    String pinned = pushed("/base/damaged");
    pull(pinned);
    Path blob = folder.resolve("cache").resolve(Layouts.blob(base.layers().get(0).digest()));
    byte[] bytes = Files.readAllBytes(blob);
    Files.write(blob, new byte[bytes.length]);
    assertFails(ImageCode.IMAGE_NOT_FOUND, () -> pull(pinned, Platform.LINUX_AMD64, true))
        .hasMessageContaining("does not hold all of it, and Maven is offline")
        .hasMessageContaining("Build once without -o.");
    pull(pinned);
    assertThat(blob).hasBinaryContent(bytes);
  }

  @Test
  void tagWithoutDigest_isRefused() {
    assertFails(CommonCode.CONFIGURATION, () -> pull("registry.example.org/a/b:1"))
        .hasMessageContaining("it is not pinned")
        .hasMessageContaining("expected registry.example.org/a/b:1@sha256:…");
  }

  @Test
  void digestThatIsNotThere_isNotFound() {
    String missing = registry.host() + "/base/none@" + Digest.of(new byte[] {1});
    assertFails(ImageCode.IMAGE_NOT_FOUND, () -> pull(missing))
        .hasMessageContaining("the registry has none in " + registry.host() + "/base/none");
  }

  @Test
  void platformThatIsNotThere_listsThoseThatAre() throws IOException {
    assertFails(
            ImageCode.PLATFORM_MISMATCH,
            () -> pull("oci-archive:" + fixture.archive(), Platform.LINUX_S390X, false))
        .hasMessageContaining("it has no image for linux/s390x, only for linux/amd64");
    Fixture arm = new Fixture(folder.resolve("arm"), Platform.LINUX_ARM_V7);
    arm.assemble();
    Path index = folder.resolve("index.tar");
    new ImageIndexer(line -> {})
        .index(
            new IndexRequest(
                List.of(fixture.archive(), arm.archive()),
                ImageName.parse("x"),
                Platform.LINUX_AMD64,
                index,
                folder.resolve("index.json"),
                "test"));
    assertThat(pull("oci-archive:" + index).digest()).isEqualTo(base.digest());
    assertFails(
            ImageCode.PLATFORM_MISMATCH,
            () -> pull("oci-archive:" + index, Platform.LINUX_386, false))
        .hasMessageContaining("only for linux/amd64, linux/arm/v7");
  }

  /** Answers a request for a blob with other bytes, and says that they are all. */
  private static boolean lie(HttpExchange exchange, byte[] bytes) throws IOException {
    if (!FaultyProxy.matches(exchange, "GET", "/blobs/sha256")) {
      return false;
    }
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
    return true;
  }

  @Test
  void registryThatSendsOtherBytes_isRefused_andNothingIsKept() throws Exception {
    String pinned = pushed("/base/liar");
    try (FaultyProxy proxy = new FaultyProxy(registry, tls)) {
      String through = pinned.replace(registry.host(), proxy.host());
      proxy.faults.add(exchange -> lie(exchange, new byte[810]));
      assertFails(ImageCode.DIGEST_MISMATCH, () -> pull(through))
          .hasMessageContaining("its digest is " + Digest.of(new byte[810]));
      proxy.faults.clear();
      proxy.faults.add(exchange -> lie(exchange, new byte[9]));
      assertFails(ImageCode.DIGEST_MISMATCH, () -> pull(through))
          .hasMessageContaining("bytes early");
    }
    assertThat(folder.resolve("cache/blobs")).doesNotExist();
  }

  @Test
  void connectionCutInMidBlob_goesOnWhereItBroke() throws Exception {
    String pinned = pushed("/base/cut");
    try (FaultyProxy proxy = new FaultyProxy(registry, tls)) {
      Digest layer = base.layers().get(0).digest();
      byte[] bytes = Files.readAllBytes(folder.resolve("base/layers/base.tar.gz"));
      int[] times = {0};
      proxy.faults.add(
          exchange -> {
            if (!FaultyProxy.matches(exchange, "GET", layer.hex()) || times[0]++ > 0) {
              return false;
            }
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes, 0, 60);
            exchange.getResponseBody().flush();
            throw new IOException("cut");
          });
      assertThat(pull(pinned.replace(registry.host(), proxy.host())).digest())
          .isEqualTo(base.digest());
      assertThat(times[0]).isEqualTo(2);
    }
  }

  @Test
  void layoutAsBase_isReadByTagOrDigest() throws Exception {
    Path layout = folder.resolve("layout");
    Tools.run(
        "skopeo",
        "--insecure-policy",
        "copy",
        "--quiet",
        "--preserve-digests",
        "oci-archive:" + fixture.archive(),
        "oci:" + layout + ":one");
    Fixture other = new Fixture(folder.resolve("other"), Platform.LINUX_ARM64);
    Digest second = other.assemble().report().digest();
    Tools.run(
        "skopeo",
        "--insecure-policy",
        "--override-arch=arm64",
        "copy",
        "--quiet",
        "--preserve-digests",
        "oci-archive:" + other.archive(),
        "oci:" + layout + ":two");
    assertThat(pull("oci:" + layout + ":one").digest()).isEqualTo(base.digest());
    assertThat(pull("oci:" + layout + "@" + second, Platform.LINUX_ARM64, false).digest())
        .isEqualTo(second);
    assertFails(ImageCode.IMAGE_NOT_FOUND, () -> pull("oci:" + layout + ":three"));
    assertFails(ImageCode.ARCHIVE_DAMAGED, () -> pull("oci:" + layout))
        .hasMessageContaining("does not list exactly one image");
    assertThat(LayoutSource.folder(layout).referrers(second)).isEmpty();
  }
}
