package io.github.prosodyoci.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.prosodyoci.image.registry.RegistryConnector;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A registry that sends us to another host, which must not learn the login. */
class LoginLeakTest {

  private static final RegistryLogin LOGIN = new RegistryLogin("me", "pw", "test");
  private static final String BASIC =
      "Basic " + Base64.getEncoder().encodeToString("me:pw".getBytes(StandardCharsets.UTF_8));

  @TempDir static Path shared;
  private static SSLContext tls;

  @TempDir Path folder;
  private Fixture fixture;
  private ImageReport report;
  private HttpsServer registry;
  private HttpsServer other;
  private final List<String> atRegistry = Collections.synchronizedList(new ArrayList<>());
  private final List<String> atOther = Collections.synchronizedList(new ArrayList<>());
  private byte[] manifest = new byte[0];

  /** The registry's challenge, and where uploads and tokens go. */
  private String challenge = "Basic realm=\"registry\"";

  private String uploads = "";

  @BeforeAll
  static void makeCertificate() throws Exception {
    tls = SelfSigned.context(shared);
  }

  @BeforeEach
  void start() throws IOException {
    fixture = new Fixture(folder);
    report = fixture.assemble().report();
    registry = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    registry.setHttpsConfigurator(new HttpsConfigurator(tls));
    registry.createContext("/", exchange -> answer(exchange, atRegistry, true));
    registry.start();
    other = HttpsServer.create(new InetSocketAddress("127.0.0.2", 0), 0);
    other.setHttpsConfigurator(new HttpsConfigurator(tls));
    other.createContext("/", exchange -> answer(exchange, atOther, false));
    other.start();
    uploads = address(registry);
  }

  @AfterEach
  void stop() {
    registry.stop(0);
    other.stop(0);
  }

  private static String address(HttpsServer server) {
    return "https:/" + server.getAddress();
  }

  private void answer(HttpExchange exchange, List<String> seen, boolean isRegistry)
      throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String method = exchange.getRequestMethod();
      String path = exchange.getRequestURI().getPath();
      String authorization = exchange.getRequestHeaders().getFirst("Authorization");
      seen.add(method + " " + path.replaceAll("sha256:.*", "…") + " " + authorization);
      byte[] content = new byte[0];
      int status;
      if (path.equals("/token")) {
        status = 200;
        content = "{\"token\":\"tok123\"}".getBytes(StandardCharsets.UTF_8);
      } else if (isRegistry && authorization == null) {
        exchange.getResponseHeaders().add("WWW-Authenticate", challenge);
        status = 401;
      } else if (method.equals("POST")) {
        exchange.getResponseHeaders().add("Location", uploads + "/upload/1?state=x");
        status = 202;
      } else if (path.startsWith("/upload/")) {
        status = 201;
      } else if (path.contains("/blobs/")) {
        status = 404;
      } else if (method.equals("PUT")) {
        manifest = body;
        status = 201;
      } else {
        content = manifest;
        status = 200;
      }
      boolean head = method.equals("HEAD");
      exchange.sendResponseHeaders(status, head || content.length == 0 ? -1 : content.length);
      if (!head) {
        exchange.getResponseBody().write(content);
      }
    }
  }

  private void push(@Nullable String tokenHost) throws IOException {
    String host = address(registry).substring("https://".length());
    new ImagePusher(
            new DockerCredentials(Map.of(), folder),
            new RegistryConnector(HttpClient.Builder.NO_PROXY, "test"),
            line -> {},
            line -> {})
        .push(
            new ImagePusher.Request(
                fixture.archive(),
                report.digest(),
                ImageName.parse(host + "/a/b:1"),
                List.of(),
                LOGIN,
                tokenHost,
                true));
  }

  @Test
  void push_uploadAtTheRegistryItself_sendsTheLogin() throws IOException {
    push(null);
    assertThat(atRegistry).contains("PUT /upload/1 " + BASIC);
    assertThat(atOther).isEmpty();
  }

  @Test
  void push_beforeTheRegistryAsks_sendsNoLogin() throws IOException {
    push(null);
    assertThat(atRegistry.get(0)).isEqualTo("GET /v2/ null");
    assertThat(atRegistry.get(1)).endsWith(" null");
  }

  @Test
  void push_locationOnAnotherHost_uploadsThereWithoutTheLogin() throws IOException {
    uploads = address(other);
    push(null);
    assertThat(atOther).hasSize(3).containsOnly("PUT /upload/1 null");
    assertThat(atRegistry).anyMatch(line -> line.endsWith(BASIC));
  }

  @Test
  void push_locationOnAnotherHost_uploadsThereWithoutTheToken() throws IOException {
    challenge = "Bearer realm=\"" + address(registry) + "/token\",service=\"s\"";
    uploads = address(other);
    push(null);
    assertThat(atOther).hasSize(3).containsOnly("PUT /upload/1 null");
    assertThat(atRegistry)
        .contains("GET /token " + BASIC)
        .anyMatch(l -> l.endsWith("Bearer tok123"));
  }

  @Test
  void push_locationOnAnotherPortOfTheHost_isAnotherHost() throws IOException {
    HttpsServer neighbour = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    neighbour.setHttpsConfigurator(new HttpsConfigurator(tls));
    neighbour.createContext("/", exchange -> answer(exchange, atOther, false));
    neighbour.start();
    try {
      uploads = address(neighbour);
      push(null);
      assertThat(atOther).hasSize(3).containsOnly("PUT /upload/1 null");
    } finally {
      neighbour.stop(0);
    }
  }

  @Test
  void push_realmOnAnotherHost_isRefusedAndGetsNothing() {
    challenge = "Bearer realm=\"" + address(other) + "/token\",service=\"s\"";
    assertThatThrownBy(() -> push(null))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("a token service of another domain, 127.0.0.2, which was not given")
        .hasMessageContaining("-Dprosodyoci.auth.tokenHost=127.0.0.2");
    assertThat(atOther).isEmpty();
  }

  @Test
  void push_realmOnAHostThatTheUserTrusts_getsTheLogin() throws IOException {
    challenge = "Bearer realm=\"" + address(other) + "/token\",service=\"s\"";
    push("127.0.0.2");
    assertThat(atOther).contains("GET /token " + BASIC);
  }
}
