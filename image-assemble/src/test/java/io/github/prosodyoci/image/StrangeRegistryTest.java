package io.github.prosodyoci.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.image.registry.RegistryConnector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Registries that want tokens, forbid, break or lie. */
class StrangeRegistryTest {

  private static final String TOKEN = "good-token";

  @TempDir static Path shared;
  private static SSLContext tls;

  @TempDir Path folder;
  private HttpsServer server;
  private String host;
  private ImageReport report;
  private Fixture fixture;

  private boolean bearer;
  private int statusOfUploads = 202;
  private byte @Nullable [] manifestShown;
  private final Map<String, byte[]> manifests = new HashMap<>();
  private final List<String> tokenRequests = new ArrayList<>();

  @BeforeAll
  static void makeCertificate() throws Exception {
    tls = SelfSigned.context(shared);
  }

  @BeforeEach
  void start() throws IOException {
    fixture = new Fixture(folder);
    report = fixture.assemble().report();
    server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    host = "127.0.0.1:" + server.getAddress().getPort();
    server.createContext("/v2/", this::registry);
    server.createContext("/token", this::token);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void token(HttpExchange exchange) throws IOException {
    tokenRequests.add(
        exchange.getRequestURI().getQuery()
            + " "
            + exchange.getRequestHeaders().getFirst("Authorization"));
    answer(exchange, 200, "{\"token\":\"" + TOKEN + "\"}");
  }

  private void registry(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String path = exchange.getRequestURI().getPath();
    String method = exchange.getRequestMethod();
    if (bearer
        && !("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
      exchange
          .getResponseHeaders()
          .add("WWW-Authenticate", "Bearer realm=\"https://" + host + "/token\",service=\"test\"");
      answer(exchange, 401, "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"no\"}]}");
    } else if (path.equals("/v2/")) {
      answer(exchange, 200, "{}");
    } else if (path.contains("/uploads/")) {
      exchange.getResponseHeaders().add("Location", "https://" + host + path + "x");
      boolean put = method.equals("PUT");
      answer(exchange, put && statusOfUploads == 202 ? 201 : statusOfUploads, "");
    } else if (path.contains("/blobs/")) {
      answer(exchange, 404, "{\"errors\":[{\"code\":\"BLOB_UNKNOWN\",\"message\":\"no\"}]}");
    } else if (method.equals("PUT")) {
      manifests.put(path, body);
      answer(exchange, 201, "");
    } else {
      byte[] shown = manifestShown == null ? manifests.get(path) : manifestShown;
      answer(exchange, 200, new String(shown, StandardCharsets.UTF_8));
    }
  }

  private static void answer(HttpExchange exchange, int status, String body) {
    try (exchange) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(status, head || bytes.length == 0 ? -1 : bytes.length);
      if (!head) {
        exchange.getResponseBody().write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Digest push(@Nullable RegistryLogin login) throws IOException {
    ImagePusher pusher =
        new ImagePusher(
            new DockerCredentials(Map.of(), folder),
            new RegistryConnector(HttpClient.Builder.NO_PROXY, "test"),
            line -> {},
            line -> {});
    return pusher.push(
        new ImagePusher.Request(
            fixture.archive(),
            report.digest(),
            ImageName.parse(host + "/a/b:1"),
            List.of(),
            login,
            null,
            false));
  }

  @Test
  void registryWithTokens_getsOneForThePush() throws IOException {
    bearer = true;
    assertThat(push(new RegistryLogin("me", "pw", "test"))).isEqualTo(report.digest());
    assertThat(manifests).containsOnlyKeys("/v2/a/b/manifests/1");
    assertThat(Digest.of(manifests.get("/v2/a/b/manifests/1"))).isEqualTo(report.digest());
    assertThat(tokenRequests)
        .first()
        .isEqualTo(
            "service=test&scope=repository:a/b:pull,push Basic "
                + Base64.getEncoder().encodeToString("me:pw".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void registryThatForbids_isSaidToForbid() {
    statusOfUploads = 403;
    assertThatThrownBy(() -> push(new RegistryLogin("me", "pw", "test")))
        .isInstanceOf(ImageException.class)
        .hasMessage(
            "Could not push %s/a/b:1: %s does not allow user me (test) to push to a/b."
                + " Ask its administrator for write access",
            host, host);
  }

  @Test
  void registryThatIsFull_isSaidToFail() {
    statusOfUploads = 507;
    assertThatThrownBy(() -> push(null))
        .isInstanceOf(ImageException.class)
        .hasMessageStartingWith("Could not push %s/a/b:1: ", host)
        .hasMessageContaining("507");
  }

  @Test
  void registryThatShowsAnotherManifest_isNotBelieved() {
    manifestShown =
        """
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",\
        "config":{},"layers":[]}"""
            .getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> push(null))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining(
            "expected the registry to show "
                + report.digest()
                + " but found "
                + Digest.of(manifestShown));
  }
}
