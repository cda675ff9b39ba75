package io.github.prosodyoci.image;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/** Stands before a registry and breaks what a test wants broken; all else is passed on. */
final class FaultyProxy implements AutoCloseable {

  /** What happens to a request instead of being passed on; null passes it on. */
  @FunctionalInterface
  interface Fault {
    /** Returns whether the request was dealt with. */
    boolean strike(HttpExchange exchange) throws IOException;
  }

  private static final Set<String> NOT_COPIED =
      Set.of("connection", "content-length", "host", "transfer-encoding", "upgrade", "date");

  final List<String> requests = Collections.synchronizedList(new ArrayList<>());

  /** Faults, each of which is tried for each request. */
  final List<Fault> faults = Collections.synchronizedList(new ArrayList<>());

  /** Header fields that all answers get instead of the registry's own. */
  volatile Map<String, String> replacedHeaders = Map.of();

  private final HttpsServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClient client = HttpClient.newHttpClient();
  private final String registry;

  FaultyProxy(DockerRegistry registry, SSLContext tls) throws IOException {
    this.registry = "http://" + registry.host();
    server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** Answers so many requests of a method to a path with a status. */
  void status(int times, String method, String path, int status, String... headers) {
    int[] left = {times};
    faults.add(
        exchange -> {
          if (!matches(exchange, method, path) || left[0]-- <= 0) {
            return false;
          }
          exchange.getRequestBody().readAllBytes();
          for (int i = 0; i < headers.length; i += 2) {
            exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
          }
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
          return true;
        });
  }

  /** Cuts the connection of so many requests after a part of their body has come. */
  void cut(int times, String method, String path, int after) {
    int[] left = {times};
    faults.add(
        exchange -> {
          if (!matches(exchange, method, path) || left[0]-- <= 0) {
            return false;
          }
          exchange.getRequestBody().readNBytes(after);
          throw new IOException("cut");
        });
  }

  static boolean matches(HttpExchange exchange, String method, String path) {
    return exchange.getRequestMethod().equals(method)
        && exchange.getRequestURI().getPath().contains(path);
  }

  private void answer(HttpExchange exchange) throws IOException {
    requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
    synchronized (faults) {
      for (Fault fault : faults) {
        if (fault.strike(exchange)) {
          return;
        }
      }
    }
    byte[] body = exchange.getRequestBody().readAllBytes();
    HttpResponse<InputStream> response = forward(exchange, body);
    try (InputStream in = response.body()) {
      byte[] answered = in.readAllBytes();
      response
          .headers()
          .map()
          .forEach(
              (name, values) -> {
                if (!NOT_COPIED.contains(name.toLowerCase(Locale.ROOT))) {
                  exchange.getResponseHeaders().put(name, new ArrayList<>(values));
                }
              });
      replacedHeaders.forEach(
          (name, value) -> {
            if (exchange.getResponseHeaders().containsKey(name)) {
              exchange.getResponseHeaders().set(name, value);
            }
          });
      if (exchange.getRequestMethod().equals("HEAD")) {
        response
            .headers()
            .firstValue("Content-Length")
            .ifPresent(length -> exchange.getResponseHeaders().set("Content-Length", length));
        exchange.sendResponseHeaders(response.statusCode(), -1);
      } else {
        exchange.sendResponseHeaders(
            response.statusCode(), answered.length == 0 ? -1 : answered.length);
        exchange.getResponseBody().write(answered);
      }
      exchange.close();
    }
  }

  private HttpResponse<InputStream> forward(HttpExchange exchange, byte[] body) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(registry + exchange.getRequestURI()))
            .method(
                exchange.getRequestMethod(),
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (!NOT_COPIED.contains(name.toLowerCase(Locale.ROOT))
                  && !name.startsWith("Http2")) {
                values.forEach(value -> request.header(name, value));
              }
            });
    try {
      return client.send(request.build(), BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException(e));
    }
  }

  /** Returns how many requests of a method went to a path. */
  long count(String method, String path) {
    return Arrays.stream(requests.toArray(String[]::new))
        .filter(line -> line.startsWith(method + " ") && line.contains(path))
        .count();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
