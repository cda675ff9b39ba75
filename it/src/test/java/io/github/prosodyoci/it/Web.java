package io.github.prosodyoci.it;

import io.github.prosodyoci.it.container.Container;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** HTTP to a container, under the names that its server goes by. */
final class Web {

  static final int HTTP_PORT = 5280;
  static final int HTTPS_PORT = 5281;

  // Held open as long as the tests run, as a browser does.
  static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .sslContext(TrustAll.context())
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  private Web() {}

  /**
   * Returns where an address, such as {@code https://example.test:5281/}, is reached from here.
   *
   * @param scheme such as {@code https} or {@code wss}
   */
  static URI reach(Container server, String scheme, int port, String path) {
    InetSocketAddress address = server.address(port);
    return URI.create(scheme + "://127.0.0.1:" + address.getPort() + path);
  }

  /** Returns the start of a request for an address that a server advertised. */
  static HttpRequest.Builder request(Container server, URI advertised) {
    return HttpRequest.newBuilder(
            reach(server, advertised.getScheme(), advertised.getPort(), advertised.getRawPath()))
        .header("Host", advertised.getHost())
        .timeout(Duration.ofSeconds(10));
  }

  /** Sends a request and returns the answer, as text. */
  static HttpResponse<String> send(HttpRequest request) throws IOException {
    try {
      return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for " + request.uri(), e);
    }
  }

  /** Gets a path of a domain, as text. */
  static HttpResponse<String> get(Container server, int port, String domain, String path)
      throws IOException {
    String scheme = port == HTTPS_PORT ? "https" : "http";
    return send(
        request(server, URI.create(scheme + "://" + domain + ":" + port + path)).GET().build());
  }
}
