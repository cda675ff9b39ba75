package io.github.prosodyoci.image;

import static io.github.prosodyoci.image.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.image.registry.RegistryConnector;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A push through a network and to a registry that fail in the middle of it. */
@Tag("slow")
class FaultyPushTest {

  private static final String DIGEST = "Docker-Content-Digest";

  @TempDir static Path shared;
  private static DockerRegistry registry;
  private static SSLContext tls;
  private static int repositories;

  @TempDir Path folder;
  private Fixture fixture;
  private ImageReport report;
  private FaultyProxy proxy;
  private String name;
  private final List<String> progress = new ArrayList<>();

  @BeforeAll
  static void startRegistry() throws Exception {
    tls = SelfSigned.context(shared);
    registry = new DockerRegistry(shared, false);
  }

  @AfterAll
  static void stopRegistry() {
    if (registry != null) {
      registry.close();
    }
  }

  @BeforeEach
  void start() throws IOException {
    fixture = new Fixture(folder);
    report = fixture.assemble().report();
    proxy = new FaultyProxy(registry, tls);
    repositories++;
    name = "/faulty/r" + repositories;
  }

  @AfterEach
  void stop() {
    proxy.close();
  }

  private PushResult push() throws IOException {
    return push(RegistryChunk.WHOLE);
  }

  /** How much of a blob one request carries. */
  private enum RegistryChunk {
    WHOLE,
    BYTES_64
  }

  private PushResult push(RegistryChunk chunk) throws IOException {
    return new ImagePusher(
            new DockerCredentials(Map.of(), folder),
            chunk == RegistryChunk.WHOLE
                ? new RegistryConnector(HttpClient.Builder.NO_PROXY, "test")
                : new RegistryConnector(HttpClient.Builder.NO_PROXY, "test", 64),
            progress::add,
            line -> {})
        .push(fixture.push(proxy.host() + name + ":1", null));
  }

  /** What is in the registry afterwards is what lies in the archive. */
  private void assertPushed() throws Exception {
    assertThat(shown()).isEqualTo(report.digest());
    Path copy = folder.resolve("copy");
    Tools.run(
        "skopeo",
        "--insecure-policy",
        "copy",
        "--quiet",
        "--preserve-digests",
        "--src-tls-verify=false",
        "docker://" + registry.host() + name + ":1",
        "dir:" + copy);
    for (Layer layer : report.layers()) {
      assertThat(Digest.of(copy.resolve(layer.digest().hex()))).isEqualTo(layer.digest());
    }
  }

  private Digest shown() throws Exception {
    return Digest.parse(
        Tools.run(
                "skopeo",
                "inspect",
                "--tls-verify=false",
                "--format={{.Digest}}",
                "docker://" + registry.host() + name + ":1")
            .strip());
  }

  /** Asserts that no tag names anything. */
  private void assertNoTag() {
    assertThat(proxy.requests).noneMatch(line -> line.equals("PUT /v2" + name + "/manifests/1"));
  }

  @Test
  void tooManyRequests_areWaitedFor() throws Exception {
    proxy.status(2, "POST", "/uploads/", 429, "Retry-After", "1");
    proxy.status(1, "HEAD", "/blobs/", 429, "Retry-After", "0");
    proxy.status(1, "PUT", "/manifests/1", 408);
    push();
    assertPushed();
  }

  @Test
  void errorInMidBlob_isTriedAgain() throws Exception {
    proxy.status(2, "PUT", "/uploads/", 500);
    push();
    assertPushed();
  }

  @Test
  void errorsForEver_areReported_andTheNextPushGoesOn() throws Exception {
    proxy.status(1000, "PUT", "/blobs/uploads/", 503, "Retry-After", "0");
    assertFails(ImageCode.REGISTRY_ERROR, this::push).hasMessageContaining("was answered with 503");
    assertNoTag();
    proxy.faults.clear();
    push();
    assertPushed();
  }

  @Test
  void connectionCutInMidBlob_isTriedAgain() throws Exception {
    proxy.cut(3, "PUT", "/uploads/", 50);
    push();
    assertPushed();
  }

  @Test
  void connectionCutInEveryPart_endsClearlyAndMovesNoTag() throws Exception {
    proxy.cut(1000, "PUT", "/manifests/", 1);
    assertFails(ImageCode.CONNECTION_FAILED, this::push)
        .hasMessageContaining("the connection to " + proxy.host() + " failed")
        .hasMessageContaining("what was transferred is not transferred twice");
    proxy.faults.clear();
    progress.clear();
    push();
    assertThat(progress).filteredOn(line -> line.startsWith("Already there")).hasSize(3);
    assertPushed();
  }

  @Test
  void chunks_areSentOneAfterTheOther() throws Exception {
    push(RegistryChunk.BYTES_64);
    assertThat(proxy.count("PATCH", "/uploads/")).isGreaterThan(10);
    assertPushed();
  }

  @Test
  void chunkCut_goesOnWhereTheRegistrySays() throws Exception {
    int[] chunks = {0};
    proxy.faults.add(
        exchange -> {
          if (!FaultyProxy.matches(exchange, "PATCH", "/uploads/") || ++chunks[0] != 7) {
            return false;
          }
          throw new IOException("cut");
        });
    push(RegistryChunk.BYTES_64);
    long sent = proxy.count("PATCH", "/uploads/");
    assertThat(proxy.count("GET", "/uploads/")).isEqualTo(1);
    // Without the cut there is one request less: nothing was sent again from the start.
    assertThat(sent).isEqualTo(chunks(64) + 1);
    assertThat(proxy.count("POST", "/uploads/")).isEqualTo(3);
    assertPushed();
  }

  private long chunks(int size) throws IOException {
    long chunks = (configSize() - 1) / size;
    for (Layer layer : Json.read(fixture.report(), ImageReport.class).layers()) {
      chunks += (layer.size() - 1) / size;
    }
    return chunks;
  }

  private long configSize() {
    return report.size() - report.layers().stream().mapToLong(Layer::size).sum();
  }

  @Test
  void uploadForgottenByTheRegistry_startsAgain() throws Exception {
    proxy.status(1, "PATCH", "/uploads/", 404);
    proxy.status(1, "GET", "/uploads/", 404);
    push(RegistryChunk.BYTES_64);
    assertThat(proxy.count("POST", "/uploads/")).isEqualTo(4);
    assertPushed();
  }

  @Test
  void registryThatSaysItKeptMoreThanWasSent_isNotBelieved() {
    proxy.replacedHeaders = Map.of("Range", "0-100000");
    assertFails(ImageCode.REGISTRY_PROTOCOL, () -> push(RegistryChunk.BYTES_64))
        .hasMessageContaining("with more bytes than were sent: 100001");
    assertNoTag();
  }

  @Test
  void wrongDigestHeader_isRefused() {
    String wrong = "sha256:" + "0".repeat(64);
    proxy.replacedHeaders = Map.of(DIGEST, wrong);
    assertFails(ImageCode.REGISTRY_PROTOCOL, this::push)
        .hasMessageContaining("was answered with the digest " + wrong + " instead of sha256:");
    assertNoTag();
  }

  @Test
  void blobThatIsGoneAfterTheUpload_isNoticed() {
    proxy.status(1000, "HEAD", "/blobs/", 404);
    assertFails(ImageCode.REGISTRY_PROTOCOL, this::push)
        .hasMessageContaining("the registry confirmed the blob sha256:")
        .hasMessageContaining("and does not have it");
    assertNoTag();
  }

  @Test
  void registryThatDiesBetweenBlobsAndManifest_movesNoTag() {
    proxy.status(1000, "HEAD", "/manifests/sha256", 500, "Retry-After", "0");
    proxy.status(1000, "PUT", "/manifests/", 500, "Retry-After", "0");
    assertFails(ImageCode.REGISTRY_ERROR, this::push);
    assertNoTag();
  }

  @Test
  void manifestThatIsStoredOtherwise_movesNoTag() {
    proxy.faults.add(
        exchange -> {
          if (!FaultyProxy.matches(exchange, "GET", "/manifests/sha256")) {
            return false;
          }
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, 2);
          exchange.getResponseBody().write(new byte[] {'{', '}'});
          exchange.close();
          return true;
        });
    assertFails(ImageCode.REGISTRY_PROTOCOL, this::push)
        .hasMessageContaining("was answered with the digest " + Digest.of(new byte[] {'{', '}'}));
    assertNoTag();
  }
}
