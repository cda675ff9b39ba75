package io.github.prosodyoci.image.registry;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A request.
 *
 * @param method the method
 * @param address the address
 * @param headers the header fields
 * @param body makes the body, anew for each time it is sent
 * @param timeout how long the answer may take
 * @param repeatable whether to send it again if the registry is busy or the connection breaks
 */
record RegistryRequest(
    String method,
    URI address,
    Map<String, String> headers,
    Supplier<BodyPublisher> body,
    Duration timeout,
    boolean repeatable) {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Returns a request without a body. */
  static RegistryRequest of(String method, URI address, Map<String, String> headers) {
    return new RegistryRequest(method, address, headers, BodyPublishers::noBody, TIMEOUT, true);
  }

  /** Returns a request with a body in memory. */
  static RegistryRequest of(String method, URI address, String contentType, byte[] body) {
    return new RegistryRequest(
        method,
        address,
        Map.of("Content-Type", contentType),
        () -> BodyPublishers.ofByteArray(body),
        TIMEOUT,
        true);
  }

  /** Returns the same request to another address. */
  RegistryRequest to(URI other) {
    return new RegistryRequest(method, other, headers, body, timeout, repeatable);
  }

  /** Returns method and address, without the query, which may hold a state of the registry's. */
  @Override
  public String toString() {
    String text = address.toString();
    int query = text.indexOf('?');
    return method + " " + (query < 0 ? text : text.substring(0, query));
  }
}
