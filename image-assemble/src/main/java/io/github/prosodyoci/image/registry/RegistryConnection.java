package io.github.prosodyoci.image.registry;

import io.github.prosodyoci.core.Credentials.Login;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Talks to one registry with one login. The login, or a token bought with it, goes to the origin of
 * the registry, and to the token service that its own challenge names; an address that an answer
 * names in {@code Location} gets neither unless it has the registry's origin.
 */
final class RegistryConnection {

  private static final int MAX_REDIRECTS = 5;

  /** A token that others have used up meanwhile is worth one more. */
  private static final int MAX_RENEWALS = 2;

  private final RegistryHttp http;
  private final URI base;
  private final HttpOrigin origin;
  private final Optional<Login> login;
  private final TokenService tokens;
  private final List<String> scopes;
  private volatile @Nullable String authorization;

  /**
   * Creates a connection.
   *
   * @param base scheme, host and port of the registry
   * @param scopes what tokens are asked for, such as {@code repository:a/b:pull,push}
   */
  RegistryConnection(
      RegistryHttp http,
      URI base,
      Optional<Login> login,
      @Nullable String trustedTokenHost,
      List<String> scopes) {
    this.http = http;
    this.base = base;
    this.origin = HttpOrigin.of(base);
    this.login = login;
    this.tokens = new TokenService(http, origin, login, trustedTokenHost);
    this.scopes = List.copyOf(scopes);
  }

  /** Returns the address of a path below the registry's root. */
  URI resolve(String path) {
    return base.resolve(path);
  }

  /**
   * Returns the address that an answer names, which must be the registry's.
   *
   * @throws RegistryException if it is elsewhere
   */
  URI resolve(URI from, String text) throws RegistryException {
    try {
      URI address = from.resolve(URI.create(text));
      if (HttpOrigin.of(address).equals(origin)) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw RegistryException.protocol(from + " leads elsewhere: " + text);
  }

  /**
   * Returns the answer to a request; a {@code GET} or {@code HEAD} is redirected where the answer
   * says.
   *
   * @throws RegistryException if the registry's challenge or redirection cannot be followed safely
   * @throws IOException if there is no answer
   */
  RegistryResponse send(RegistryRequest request) throws IOException {
    return follow(request, http::send, RegistryResponse::status, answer -> answer);
  }

  /**
   * Returns the answer to a {@code GET} with its body still to be read, redirected where the answer
   * says.
   *
   * @throws RegistryException if the registry's challenge or redirection cannot be followed safely
   * @throws IOException if there is no answer
   */
  HttpResponse<InputStream> open(RegistryRequest request) throws IOException {
    return follow(
        request,
        http::open,
        HttpResponse::statusCode,
        answer -> RegistryHttp.read(request.to(answer.uri()), answer));
  }

  /** Waits before a request is sent again. */
  void pause(@Nullable HttpHeaders answer, int attempt) throws IOException {
    http.pause(answer, attempt);
  }

  /** One way to send a request. */
  @FunctionalInterface
  private interface Sender<T> {
    T send(RegistryRequest request, @Nullable String authorization) throws IOException;
  }

  /** Reads an answer that is not what was asked for. */
  @FunctionalInterface
  private interface Reader<T> {
    RegistryResponse read(T answer) throws IOException;
  }

  private <T> T follow(
      RegistryRequest request, Sender<T> sender, ToIntFunction<T> status, Reader<T> reader)
      throws IOException {
    RegistryRequest next = request;
    for (int redirects = 0; ; redirects++) {
      T answer = authorized(next, sender, status, reader);
      boolean redirected =
          List.of(301, 302, 303, 307, 308).contains(status.applyAsInt(answer))
              && List.of("GET", "HEAD").contains(request.method());
      if (!redirected) {
        return answer;
      }
      if (redirects == MAX_REDIRECTS) {
        throw RegistryException.protocol(
            request.address() + " redirects more than " + MAX_REDIRECTS + " times");
      }
      next = next.to(location(reader.read(answer)));
    }
  }

  private <T> T authorized(
      RegistryRequest request, Sender<T> sender, ToIntFunction<T> status, Reader<T> reader)
      throws IOException {
    if (!HttpOrigin.of(request.address()).equals(origin)) {
      return sender.send(request, null);
    }
    String used = authorization;
    T answer = sender.send(request, used);
    for (int i = 0; i < MAX_RENEWALS && status.applyAsInt(answer) == 401; i++) {
      Optional<String> renewed = renewed(used, reader.read(answer));
      if (renewed.isEmpty()) {
        break;
      }
      used = renewed.get();
      answer = sender.send(request, used);
    }
    return answer;
  }

  /** Requests run side by side: the first that is refused gets a new token for all of them. */
  private synchronized Optional<String> renewed(@Nullable String used, RegistryResponse refused)
      throws IOException {
    String current = authorization;
    if (current != null && !current.equals(used)) {
      return Optional.of(current);
    }
    List<String> challenges = refused.headers().allValues("WWW-Authenticate");
    Optional<AuthChallenge> bearer = AuthChallenge.find(challenges, "bearer");
    Optional<String> answer =
        bearer.isPresent()
            ? Optional.of("Bearer " + tokens.token(bearer.get(), scopes))
            // A login that was refused once is not offered again.
            : AuthChallenge.find(challenges, "basic").isPresent() && used == null
                ? login.map(Login::header)
                : Optional.empty();
    answer.ifPresent(header -> authorization = header);
    return answer;
  }

  /**
   * Returns the address that an answer's {@code Location} names.
   *
   * @throws RegistryException if there is none, or it leaves TLS
   */
  URI location(RegistryResponse response) throws RegistryException {
    String text = response.header("Location");
    try {
      URI location = response.request().address().resolve(URI.create(text));
      if (HttpOrigin.of(response.request().address()).isSecure()
          && !HttpOrigin.of(location).isSecure()) {
        throw RegistryException.unsafe(
            response.request().address() + " leads to an address without TLS: " + location, null);
      }
      return location;
    } catch (IllegalArgumentException e) {
      throw RegistryException.protocol(
          response.request().address() + " leads to what is not an address: " + text);
    }
  }
}
