package io.github.prosodyoci.image.registry;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Sends requests, again if a registry is busy or a connection breaks; knows nothing of logins. */
final class RegistryHttp {

  /**
   * A manifest has at most 4 MiB (distribution-spec, "Pushing Manifests"); nothing else is read.
   */
  static final int MAX_BODY = 4 << 20;

  private static final Set<Integer> BUSY = Set.of(408, 429, 500, 502, 503, 504);
  private static final int ATTEMPTS = 4;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private final HttpClient client;
  private final String userAgent;
  private final Wait wait;

  /** Lets time pass. */
  @FunctionalInterface
  interface Wait {
    void by(Duration duration) throws InterruptedException;
  }

  RegistryHttp(HttpClient client, String userAgent, Wait wait) {
    this.client = client;
    this.userAgent = userAgent;
    this.wait = wait;
  }

  /**
   * Returns the answer to a request, whatever its status.
   *
   * @param authorization the value of the {@code Authorization} header field, if there is to be one
   * @throws InterruptedIOException if the thread is interrupted
   * @throws IOException if there is no answer
   */
  RegistryResponse send(RegistryRequest request, @Nullable String authorization)
      throws IOException {
    return exchange(request, authorization, response -> read(request, response));
  }

  /** Takes an answer whose body is still to be read. */
  @FunctionalInterface
  private interface Reader<T> {
    T read(HttpResponse<InputStream> response) throws IOException;
  }

  /**
   * Returns the answer to a request with its body still to be read, whatever its status.
   *
   * @throws InterruptedIOException if the thread is interrupted
   * @throws IOException if there is no answer
   */
  HttpResponse<InputStream> open(RegistryRequest request, @Nullable String authorization)
      throws IOException {
    return exchange(request, authorization, response -> response);
  }

  private <T> T exchange(RegistryRequest request, @Nullable String authorization, Reader<T> reader)
      throws IOException {
    int attempts = request.repeatable() ? ATTEMPTS : 1;
    try {
      for (int attempt = 1; ; attempt++) {
        try {
          HttpResponse<InputStream> response = once(request, authorization);
          if (!isBusy(response.statusCode()) || attempt == attempts) {
            return reader.read(response);
          }
          response.body().close();
          wait.by(delay(response.headers(), attempt));
        } catch (SSLException | HttpConnectTimeoutException | ConnectException e) {
          // Waiting does not help: nobody there, or somebody else.
          throw e;
        } catch (IOException e) {
          if (attempt == attempts) {
            throw e;
          }
          wait.by(delay(attempt));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /** Returns whether a status means that the same request may work later. */
  static boolean isBusy(int status) {
    return BUSY.contains(status);
  }

  /**
   * Waits before something is tried again.
   *
   * @param attempt how often it was tried
   * @throws InterruptedIOException if the thread is interrupted
   */
  void pause(@Nullable HttpHeaders answer, int attempt) throws InterruptedIOException {
    try {
      wait.by(answer == null ? delay(attempt) : delay(answer, attempt));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private HttpResponse<InputStream> once(RegistryRequest request, @Nullable String authorization)
      throws IOException, InterruptedException {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(request.address())
            .method(request.method(), request.body().get())
            .timeout(request.timeout())
            .header("User-Agent", userAgent);
    request.headers().forEach(builder::header);
    if (authorization != null) {
      builder.header("Authorization", authorization);
    }
    return client.send(builder.build(), BodyHandlers.ofInputStream());
  }

  /**
   * Returns an answer with its body.
   *
   * @throws IOException if the body cannot be read, or is too long
   */
  static RegistryResponse read(RegistryRequest request, HttpResponse<InputStream> response)
      throws IOException {
    try (InputStream in = response.body()) {
      byte[] body = in.readNBytes(MAX_BODY + 1);
      if (body.length > MAX_BODY) {
        throw RegistryException.protocol(
            request.address() + " answered with more than " + MAX_BODY + " bytes");
      }
      return new RegistryResponse(request, response.statusCode(), response.headers(), body);
    }
  }

  private static Duration delay(int attempt) {
    return Duration.ofMillis(500L << (attempt - 1));
  }

  /** Returns how long to wait (RFC 9110, section 10.2.3; a date counts as nothing said). */
  private static Duration delay(HttpHeaders answer, int attempt) {
    return answer
        .firstValue("Retry-After")
        .filter(value -> value.matches("[0-9]{1,9}"))
        .map(value -> Duration.ofSeconds(Long.parseLong(value)))
        .map(asked -> asked.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : asked)
        .orElse(delay(attempt));
  }
}
