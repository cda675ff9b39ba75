package io.github.prosodyoci.image;

import static io.github.prosodyoci.image.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.image.registry.RegistryConnector;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies between docker-registry, layouts and archives, read by skopeo. */
@Tag("slow")
class ImageCopierTest {

  @TempDir static Path shared;
  private static DockerRegistry registry;
  private static DockerRegistry mirror;
  private static SSLContext tls;

  @TempDir Path folder;
  private IndexReport index;
  private Digest signature;
  private final List<String> progress = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    registry = new DockerRegistry(shared.resolve("one"), false);
    mirror = new DockerRegistry(shared.resolve("two"), false);
    tls = SelfSigned.context(shared);
  }

  @AfterAll
  static void stop() {
    for (DockerRegistry each : new DockerRegistry[] {registry, mirror}) {
      if (each != null) {
        each.close();
      }
    }
  }

  /** Pushes an index of two platforms, and something like a signature of one of them. */
  @BeforeEach
  void push() throws IOException {
    List<Path> archives = new ArrayList<>();
    for (Platform platform : List.of(Platform.LINUX_AMD64, Platform.LINUX_ARM_V7)) {
      Fixture fixture = new Fixture(folder.resolve(platform.fileName()), platform);
      fixture.assemble();
      archives.add(fixture.archive());
    }
    index =
        new ImageIndexer(line -> {})
            .index(
                new IndexRequest(
                    archives,
                    ImageName.parse(Fixture.NAME),
                    Platform.LINUX_AMD64,
                    folder.resolve("all.tar"),
                    folder.resolve("index.json"),
                    "test"))
            .report();
    Fixture.pusher(folder)
        .push(
            new PushRequest(
                folder.resolve("all.tar"),
                index.digest(),
                ImageName.parse(registry.host() + "/copy/from:1"),
                List.of(),
                null,
                null,
                false));
    signature =
        new ArtifactPusher(
                new DockerCredentials(Map.of(), folder),
                new RegistryConnector(HttpClient.Builder.NO_PROXY, "test"),
                line -> {},
                line -> {})
            .push(
                new ArtifactRequest(
                    ImageName.parse(registry.host() + "/copy/from"),
                    index.images().get(1).digest(),
                    "application/vnd.example.signature",
                    List.of(
                        ArtifactRequest.Part.of(
                            "text/plain", "signed".getBytes(StandardCharsets.UTF_8), Map.of())),
                    Map.of("a", "b"),
                    RegistryAccess.DEFAULT))
            .digest();
  }

  private CopyResult copy(String from, String to) {
    return new ImageCopier(
            new DockerCredentials(Map.of(), folder),
            new RegistryConnector(HttpClient.Builder.NO_PROXY, "test"),
            progress::add,
            line -> {})
        .copy(
            new CopyRequest(
                ImageLocation.parse(from),
                ImageLocation.parse(to),
                RegistryAccess.DEFAULT,
                RegistryAccess.DEFAULT));
  }

  private static String inspect(String image) throws Exception {
    return Tools.run("skopeo", "inspect", "--tls-verify=false", "--raw", image);
  }

  private static Digest digest(String text) {
    return Digest.of(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void image_goesFromRegistryToLayoutToArchiveToRegistry_withAllThatBelongsToIt() throws Exception {
    CopyResult first =
        copy(registry.host() + "/copy/from:1", "oci:" + folder.resolve("layout") + ":one");
    assertThat(first.digest()).isEqualTo(index.digest());
    assertThat(first.manifests()).isEqualTo(4);
    assertThat(first.referrers()).isEqualTo(1);
    // The lowest layer is shared; the signature has a layer and an empty configuration.
    assertThat(first.blobs()).isEqualTo(7);

    copy("oci:" + folder.resolve("layout") + ":one", "oci-archive:" + folder.resolve("a.tar"));
    String to = mirror.host() + "/copy/to:2";
    assertThat(copy("oci-archive:" + folder.resolve("a.tar") + ":one", to)).isEqualTo(first);

    assertThat(digest(inspect("docker://" + to))).isEqualTo(index.digest());
    Digest arm = index.images().get(1).digest();
    assertThat(inspect("docker://" + mirror.host() + "/copy/to:sha256-" + arm.hex()))
        .contains(signature.toString())
        .contains("\"artifactType\":\"application/vnd.example.signature\"")
        .contains("\"annotations\":{\"a\":\"b\"}");
    Tools.run(
        "skopeo",
        "--insecure-policy",
        "copy",
        "--quiet",
        "--all",
        "--preserve-digests",
        "--src-tls-verify=false",
        "docker://" + to,
        "dir:" + folder.resolve("dir"));
    assertThat(digest(Files.readString(folder.resolve("dir/manifest.json"))))
        .isEqualTo(index.digest());
  }

  @Test
  void layout_keepsOtherImages_andReplacesTheSameTag() throws Exception {
    Path layout = folder.resolve("layout");
    Fixture other = new Fixture(folder.resolve("other"), Platform.LINUX_386);
    Digest single = other.assemble().report().digest();
    copy("oci-archive:" + other.archive(), "oci:" + layout + ":one");
    copy(registry.host() + "/copy/from:1", "oci:" + layout + ":two");
    copy(registry.host() + "/copy/from:1", "oci:" + layout + ":two");
    assertThat(digest(inspect("oci:" + layout + ":one"))).isEqualTo(single);
    assertThat(digest(inspect("oci:" + layout + ":two"))).isEqualTo(index.digest());
    assertThat(Files.readString(layout.resolve("index.json")).split("\"mediaType\"")).hasSize(5);
    copy("oci-archive:" + other.archive(), "oci:" + layout + ":two");
    assertThat(digest(inspect("oci:" + layout + ":two"))).isEqualTo(single);
  }

  @Test
  void copiesIntoOneLayoutAtOnce_areAllListed() throws Exception {
    String from = "oci-archive:" + folder.resolve("all.tar");
    Path layout = folder.resolve("shared-layout");
    int copies = 16;
    CountDownLatch together = new CountDownLatch(copies);
    ExecutorService threads = Executors.newFixedThreadPool(copies);
    List<Future<CopyResult>> results = new ArrayList<>();
    for (int i = 0; i < copies; i++) {
      String to = "oci:" + layout + ":t" + i;
      results.add(
          threads.submit(
              () -> {
                together.countDown();
                together.await();
                return copy(from, to);
              }));
    }
    for (Future<CopyResult> result : results) {
      assertThat(result.get().digest()).isEqualTo(index.digest());
    }
    threads.shutdown();
    for (int i = 0; i < copies; i++) {
      assertThat(digest(inspect("oci:" + layout + ":t" + i))).isEqualTo(index.digest());
    }
  }

  @Test
  void archiveOfARegistrysImage_isNamedAsThere_andLoads() throws Exception {
    String from = registry.host() + "/copy/from:1";
    copy(from, "oci-archive:" + folder.resolve("a.tar"));
    Path first = folder.resolve("a.tar");
    byte[] bytes = Files.readAllBytes(first);
    copy(from, "oci-archive:" + folder.resolve("b.tar"));
    assertThat(folder.resolve("b.tar")).hasBinaryContent(bytes);
    assertThat(
            Tools.run(
                "skopeo",
                "inspect",
                "--config",
                "--format={{.Architecture}}",
                "docker-archive:" + first + ":" + from))
        .isEqualTo("amd64\n");
  }

  @Test
  void registryThatListsReferrers_isAskedForThem_withoutTheTag() throws Exception {
    Digest arm = index.images().get(1).digest();
    String size =
        inspect("docker://" + registry.host() + "/copy/from:sha256-" + arm.hex())
            .replaceFirst(".*\"size\":([0-9]+).*", "$1");
    try (FaultyProxy proxy = new FaultyProxy(registry, tls)) {
      proxy.faults.add(
          exchange -> {
            if (!FaultyProxy.matches(exchange, "GET", "/referrers/")) {
              return false;
            }
            String listed =
                exchange.getRequestURI().getPath().endsWith(arm.hex())
                    ? "{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\""
                        + signature
                        + "\",\"size\":"
                        + size
                        + "}"
                    : "";
            byte[] json =
                ("{\"schemaVersion\":2,\"manifests\":[" + listed + "]}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, json.length);
            exchange.getResponseBody().write(json);
            exchange.close();
            return true;
          });
      CopyResult copied =
          copy(proxy.host() + "/copy/from:1", "oci:" + folder.resolve("listed") + ":1");
      assertThat(copied.referrers()).isEqualTo(1);
      // And a target that lists them by itself gets no tag for them.
      copy("oci:" + folder.resolve("listed") + ":1", proxy.host() + "/copy/listed:1");
      assertThat(proxy.requests).noneMatch(line -> line.contains("/manifests/sha256-"));
    }
  }

  @Test
  void oneRegistry_mountsInsteadOfSending() throws Exception {
    copy(registry.host() + "/copy/from:1", registry.host() + "/copy/other:1");
    assertThat(progress).filteredOn(line -> line.startsWith("Mounted ")).isNotEmpty();
    assertThat(digest(inspect("docker://" + registry.host() + "/copy/other:1")))
        .isEqualTo(index.digest());
  }

  @Test
  void sourceThatBreaks_isBlamed_andNoTagMoves() throws Exception {
    try (FaultyProxy proxy = new FaultyProxy(registry, tls)) {
      proxy.faults.add(
          exchange -> {
            if (!FaultyProxy.matches(exchange, "GET", "/blobs/sha256")) {
              return false;
            }
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write(new byte[10]);
            exchange.getResponseBody().flush();
            throw new IOException("cut");
          });
      String to = mirror.host() + "/copy/broken:1";
      assertFails(ImageCode.CONNECTION_FAILED, () -> copy(proxy.host() + "/copy/from:1", to))
          .hasMessageContaining("Could not pull " + proxy.host() + "/copy/from:1");
      assertFails(ImageCode.IMAGE_NOT_FOUND, () -> copy(to, "oci:" + folder.resolve("x")));
    }
  }

  @Test
  void archiveThatCannotBeRead_leavesNothing() throws Exception {
    try (FaultyProxy proxy = new FaultyProxy(registry, tls)) {
      proxy.status(1000, "GET", "/blobs/sha256", 403);
      assertFails(
          ImageCode.FORBIDDEN,
          () -> copy(proxy.host() + "/copy/from:1", "oci-archive:" + folder.resolve("half.tar")));
    }
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .noneMatch(name -> name.startsWith("half") || name.endsWith(".part"));
    }
  }

  @Test
  void badPlaces_areRefused() {
    assertFails(
            CommonCode.CONFIGURATION,
            () -> copy("oci:a", mirror.host() + "/a:1@" + Digest.of(new byte[0])))
        .hasMessageContaining("the target has a digest");
    assertFails(CommonCode.CONFIGURATION, () -> copy("oci:", "oci:a"));
    assertFails(CommonCode.CONFIGURATION, () -> copy("UPPER/case", "oci:a"));
    assertFails(CommonCode.CONFIGURATION, () -> copy("a/b@md5:00", "oci:a"))
        .hasMessageContaining("Not a digest of the form sha256:<hex>: md5:00");
    assertFails(ImageCode.NO_ARCHIVE, () -> copy("oci:" + folder.resolve("none"), "oci:a"));
  }
}
