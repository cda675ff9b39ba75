package io.github.prosodyoci.image.registry;

import java.net.http.HttpHeaders;

/** An answer to a request, read to its end. */
final class RegistryResponse {

  private final RegistryRequest request;
  private final int status;
  private final HttpHeaders headers;
  private final byte[] body;

  /**
   * Creates an answer.
   *
   * @param body the body, of at most {@link RegistryHttp#MAX_BODY} bytes
   */
  RegistryResponse(RegistryRequest request, int status, HttpHeaders headers, byte[] body) {
    this.request = request;
    this.status = status;
    this.headers = headers;
    this.body = body;
  }

  RegistryRequest request() {
    return request;
  }

  int status() {
    return status;
  }

  HttpHeaders headers() {
    return headers;
  }

  byte[] body() {
    return body.clone();
  }

  /**
   * Returns the value of a header field.
   *
   * @throws RegistryException if the answer has none of that name
   */
  String header(String name) throws RegistryException {
    return headers
        .firstValue(name)
        .orElseThrow(
            () ->
                RegistryException.protocol(
                    request + " was answered without a " + name + " header field"));
  }

  boolean isSuccess() {
    return status >= 200 && status < 300;
  }
}
