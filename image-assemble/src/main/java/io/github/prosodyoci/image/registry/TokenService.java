package io.github.prosodyoci.image.registry;

import com.google.common.net.InternetDomainName;
import io.github.prosodyoci.core.Credentials.Login;
import io.github.prosodyoci.core.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gets bearer tokens where a registry's challenge says (distribution-spec's token authentication,
 * which follows RFC 6749 and RFC 6750).
 */
final class TokenService {

  /** What Docker's configuration writes for a user whose password is an identity token. */
  private static final String IDENTITY_TOKEN = "<token>";

  private final RegistryHttp http;
  private final HttpOrigin registry;
  private final Optional<Login> login;
  private final @Nullable String trustedHost;

  /**
   * Creates a client of token services.
   *
   * @param trustedHost a host outside of the registry's domain that may be given the login
   */
  TokenService(
      RegistryHttp http, HttpOrigin registry, Optional<Login> login, @Nullable String trustedHost) {
    this.http = http;
    this.registry = registry;
    this.login = login;
    this.trustedHost = trustedHost;
  }

  private record Answer(@Nullable String token, @Nullable String access_token) {}

  /**
   * Returns a token for some scopes.
   *
   * @throws RegistryException if the challenge names no usable service, or one that must not see
   *     the login, or the service refuses
   * @throws IOException if the service does not answer
   */
  String token(AuthChallenge challenge, List<String> scopes) throws IOException {
    URI realm = realm(challenge);
    String service = challenge.parameters().get("service");
    RegistryResponse response =
        login.isPresent() && login.get().user().equals(IDENTITY_TOKEN)
            ? http.send(
                refresh(realm, service, String.join(" ", scopes), login.get().password()), null)
            : http.send(
                RegistryRequest.of("GET", withQuery(realm, service, scopes), Map.of()),
                login.map(Login::header).orElse(null));
    if (!response.isSuccess()) {
      throw RegistryException.unexpected(response);
    }
    Answer answer = Json.parse("the token of " + realm, response.body(), Answer.class);
    String token = answer.token() != null ? answer.token() : answer.access_token();
    if (token == null || !token.matches("[A-Za-z0-9._~+/=-]+")) {
      throw RegistryException.protocol(realm + " answered without a token");
    }
    return token;
  }

  private URI realm(AuthChallenge challenge) throws RegistryException {
    String text = challenge.parameters().getOrDefault("realm", "");
    URI realm;
    HttpOrigin origin;
    try {
      realm = URI.create(text);
      origin = HttpOrigin.of(realm);
    } catch (IllegalArgumentException e) {
      throw RegistryException.protocol("the registry names no usable token service: " + text);
    }
    if (registry.isSecure() && !origin.isSecure()) {
      throw RegistryException.unsafe(
          "the registry names a token service without TLS: " + text, null);
    }
    if (login.isPresent() && !mayHaveLogin(origin.host())) {
      throw RegistryException.unsafe(
          "the registry names a token service of another domain, "
              + origin.host()
              + ", which was not given the login",
          "If it belongs to the registry, set -Dprosodyoci.auth.tokenHost=" + origin.host() + ".");
    }
    return realm;
  }

  private boolean mayHaveLogin(String host) {
    return host.equals(registry.host())
        || host.equalsIgnoreCase(trustedHost)
        || (domain(host).isPresent() && domain(host).equals(domain(registry.host())));
  }

  /** Returns the part of a name that was registered, such as {@code docker.io}. */
  private static Optional<String> domain(String host) {
    if (!InternetDomainName.isValid(host)) {
      return Optional.empty();
    }
    InternetDomainName name = InternetDomainName.from(host);
    return name.isUnderPublicSuffix()
        ? Optional.of(name.topPrivateDomain().toString())
        : Optional.empty();
  }

  private static URI withQuery(URI realm, @Nullable String service, List<String> scopes) {
    Stream<String> query =
        Stream.concat(
            scopes.stream().map(scope -> "scope=" + encode(scope)),
            Stream.ofNullable(service).map(name -> "service=" + encode(name)));
    return URI.create(
        realm + (realm.getRawQuery() == null ? "?" : "&") + query.collect(Collectors.joining("&")));
  }

  private static RegistryRequest refresh(
      URI realm, @Nullable String service, String scope, String token) {
    String form =
        form(
            Map.of(
                "grant_type",
                "refresh_token",
                "client_id",
                "prosody-oci",
                "refresh_token",
                token,
                "service",
                service == null ? "" : service,
                "scope",
                scope));
    return RegistryRequest.of(
        "POST", realm, "application/x-www-form-urlencoded", form.getBytes(StandardCharsets.UTF_8));
  }

  private static String form(Map<String, String> fields) {
    return new TreeMap<>(fields)
        .entrySet().stream()
            .map(field -> field.getKey() + "=" + encode(field.getValue()))
            .collect(Collectors.joining("&"));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
