package io.github.prosodyoci.image.registry;

import io.github.prosodyoci.core.Credentials.Login;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Talks to one registry with one login. The login, or a token bought with it, goes to the origin of
 * the registry, and to the token service that its own challenge names; an address that an answer
 * names in {@code Location} gets neither unless it has the registry's origin.
 */
final class RegistryConnection {

  private static final int MAX_REDIRECTS = 5;

  private final RegistryHttp http;
  private final URI base;
  private final HttpOrigin origin;
  private final Optional<Login> login;
  private final TokenService tokens;
  private final String scope;
  private @Nullable String authorization;

  /**
   * Creates a connection.
   *
   * @param base scheme, host and port of the registry
   * @param scope what tokens are asked for, such as {@code repository:a/b:pull,push}
   */
  RegistryConnection(
      RegistryHttp http,
      URI base,
      Optional<Login> login,
      @Nullable String trustedTokenHost,
      String scope) {
    this.http = http;
    this.base = base;
    this.origin = HttpOrigin.of(base);
    this.login = login;
    this.tokens = new TokenService(http, origin, login, trustedTokenHost);
    this.scope = scope;
  }

  /** Returns the address of a path below the registry's root. */
  URI resolve(String path) {
    return base.resolve(path);
  }

  /**
   * Returns the answer to a request; a {@code GET} or {@code HEAD} is redirected where the answer
   * says.
   *
   * @throws RegistryException if the registry's challenge or redirection cannot be followed safely
   * @throws IOException if there is no answer
   */
  RegistryResponse send(RegistryRequest request) throws IOException {
    RegistryRequest next = request;
    for (int redirects = 0; ; redirects++) {
      RegistryResponse response = sendOnce(next);
      boolean redirected =
          List.of(301, 302, 303, 307, 308).contains(response.status())
              && List.of("GET", "HEAD").contains(request.method());
      if (!redirected) {
        return response;
      }
      if (redirects == MAX_REDIRECTS) {
        throw RegistryException.protocol(
            request.address() + " redirects more than " + MAX_REDIRECTS + " times");
      }
      next = next.to(location(response));
    }
  }

  private RegistryResponse sendOnce(RegistryRequest request) throws IOException {
    if (!HttpOrigin.of(request.address()).equals(origin)) {
      return http.send(request, null);
    }
    RegistryResponse response = http.send(request, authorization);
    if (response.status() != 401) {
      return response;
    }
    Optional<String> answer = answerTo(response.headers().allValues("WWW-Authenticate"));
    if (answer.isEmpty()) {
      return response;
    }
    authorization = answer.get();
    return http.send(request, authorization);
  }

  private Optional<String> answerTo(List<String> challenges) throws IOException {
    Optional<AuthChallenge> bearer = AuthChallenge.find(challenges, "bearer");
    if (bearer.isPresent()) {
      return Optional.of("Bearer " + tokens.token(bearer.get(), scope));
    }
    // A login that was refused once is not offered again.
    return AuthChallenge.find(challenges, "basic").isPresent() && authorization == null
        ? login.map(Login::header)
        : Optional.empty();
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
