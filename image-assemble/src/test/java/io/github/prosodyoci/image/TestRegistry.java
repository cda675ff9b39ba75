package io.github.prosodyoci.image;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.prosodyoci.image.oci.OciDocuments;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A registry, or a server beside one, that answers as a test tells it to. */
final class TestRegistry implements AutoCloseable {

  static final String TOKEN = "tok123";

  /** Method, path, query if there is one, and authorization of each request. */
  final List<String> requests = Collections.synchronizedList(new ArrayList<>());

  final Map<String, byte[]> manifests = new ConcurrentHashMap<>();

  /** What a request without authorization is challenged with; null to let everybody in. */
  @Nullable String challenge;

  /** How many requests a token is good for. */
  int requestsPerToken = Integer.MAX_VALUE;

  /** Where uploads go. */
  String uploads;

  /** The blobs that it has; registries that store for each other share them. */
  Map<String, byte[]> blobs = new ConcurrentHashMap<>();

  int statusOfUploads = 201;
  String bodyOfUploads = "";
  byte @Nullable [] manifestShown;

  private final AtomicInteger uses = new AtomicInteger();
  private final HttpsServer server;

  TestRegistry(SSLContext tls, String address) throws IOException {
    server = HttpsServer.create(new InetSocketAddress(address, 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.createContext("/", this::answer);
    server.start();
    uploads = "https:/" + server.getAddress();
  }

  String address() {
    return "https:/" + server.getAddress();
  }

  String host() {
    return address().substring("https://".length());
  }

  private void answer(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    String method = exchange.getRequestMethod();
    String path = exchange.getRequestURI().getPath();
    String query = exchange.getRequestURI().getQuery();
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    String asked = path + (path.equals("/token") ? "?" + query : "");
    requests.add(method + " " + asked.replaceAll("sha256:.*", "…") + " " + authorization);
    if (path.equals("/token")) {
      uses.set(0);
      send(exchange, 200, "{\"token\":\"" + TOKEN + "\"}");
    } else if (challenge != null
        && (authorization == null || uses.incrementAndGet() > requestsPerToken)) {
      exchange.getResponseHeaders().add("WWW-Authenticate", challenge);
      send(exchange, 401, "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"no\"}]}");
    } else if (method.equals("POST")) {
      exchange.getResponseHeaders().add("Location", uploads + "/upload/1?state=x");
      send(exchange, 202, "");
    } else if (path.startsWith("/upload/")) {
      if (statusOfUploads == 201) {
        blobs.put(query.replaceFirst(".*digest=", ""), body);
      }
      send(exchange, statusOfUploads, bodyOfUploads);
    } else if (path.contains("/blobs/") && blobs.containsKey(path.replaceFirst(".*/", ""))) {
      byte[] blob = blobs.get(path.replaceFirst(".*/", ""));
      exchange.getResponseHeaders().add("Content-Length", String.valueOf(blob.length));
      send(exchange, 200, "");
    } else if (path.contains("/blobs/")) {
      send(exchange, 404, "{\"errors\":[{\"code\":\"BLOB_UNKNOWN\",\"message\":\"no\"}]}");
    } else if (method.equals("PUT")) {
      manifests.put(path, body);
      send(exchange, 201, "");
    } else {
      boolean tag = !path.contains("sha256:");
      byte[] shown = tag && manifestShown != null ? manifestShown : manifests.get(path);
      exchange.getResponseHeaders().add("Content-Type", OciDocuments.MANIFEST_TYPE);
      send(
          exchange,
          shown == null ? 404 : 200,
          shown == null ? "" : new String(shown, StandardCharsets.UTF_8));
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    try (exchange) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(status, head || bytes.length == 0 ? -1 : bytes.length);
      if (!head) {
        exchange.getResponseBody().write(bytes);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
