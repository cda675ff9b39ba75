package io.github.prosodyoci.image.registry;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A request that can be sent more than once.
 *
 * @param method the method
 * @param address the address
 * @param headers the header fields
 * @param body makes the body, anew for each time it is sent
 * @param timeout how long the answer may take
 */
record RegistryRequest(
    String method,
    URI address,
    Map<String, String> headers,
    Supplier<BodyPublisher> body,
    Duration timeout) {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Returns a request without a body. */
  static RegistryRequest of(String method, URI address, Map<String, String> headers) {
    return new RegistryRequest(method, address, headers, BodyPublishers::noBody, TIMEOUT);
  }

  /** Returns a request with a body in memory. */
  static RegistryRequest of(String method, URI address, String contentType, byte[] body) {
    return new RegistryRequest(
        method,
        address,
        Map.of("Content-Type", contentType),
        () -> BodyPublishers.ofByteArray(body),
        TIMEOUT);
  }

  /** Returns the same request to another address. */
  RegistryRequest to(URI other) {
    return new RegistryRequest(method, other, headers, body, timeout);
  }

  @Override
  public String toString() {
    return method + " " + address;
  }
}
