package io.github.prosodyoci.image.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RegistryHttpTest {

  private final Deque<Integer> statuses = new ArrayDeque<>();
  private final List<Duration> waits = new ArrayList<>();
  private HttpServer server;
  private String retryAfter = "";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext(
        "/",
        exchange -> {
          if (!retryAfter.isEmpty()) {
            exchange.getResponseHeaders().add("Retry-After", retryAfter);
          }
          exchange.sendResponseHeaders(statuses.remove(), -1);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private RegistryResponse get() throws IOException {
    URI address = URI.create("http:/" + server.getAddress() + "/");
    return new RegistryHttp(HttpClient.newHttpClient(), "test", waits::add)
        .send(RegistryRequest.of("GET", address, Map.of()), null);
  }

  @Test
  void send_busyTwice_isTriedAgainAfterGrowingWaits() throws IOException {
    statuses.addAll(List.of(503, 429, 200));
    assertThat(get().status()).isEqualTo(200);
    assertThat(waits).containsExactly(Duration.ofMillis(500), Duration.ofSeconds(1));
  }

  @Test
  void send_busyForEver_isGivenUp() throws IOException {
    statuses.addAll(List.of(500, 500, 500, 500));
    assertThat(get().status()).isEqualTo(500);
    assertThat(statuses).isEmpty();
  }

  @Test
  void send_retryAfter_isObeyedWithinReason() throws IOException {
    retryAfter = "7";
    statuses.addAll(List.of(429, 200));
    get();
    retryAfter = "999999999";
    statuses.addAll(List.of(429, 200));
    get();
    assertThat(waits).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(60));
  }

  @Test
  void send_refused_isNotTriedAgain() throws IOException {
    statuses.addAll(List.of(403));
    assertThat(get().status()).isEqualTo(403);
    assertThat(waits).isEmpty();
  }

  @Test
  void send_interrupted_isAnInterrupt() {
    statuses.addAll(List.of(200));
    Thread.currentThread().interrupt();
    assertThatThrownBy(this::get).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
  }
}
