package io.github.prosodyoci.image.registry;

import io.github.prosodyoci.core.Credentials.Login;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpTimeoutException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** Finds out how a registry is spoken to, and connects to a repository of it. */
public final class RegistryConnector {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);

  private final ProxySelector proxies;
  private final String userAgent;

  /**
   * Creates a connector.
   *
   * @param proxies which proxy leads to which host
   * @param userAgent what to call ourselves to registries
   */
  public RegistryConnector(ProxySelector proxies, String userAgent) {
    this.proxies = proxies;
    this.userAgent = userAgent;
  }

  /**
   * What to connect to.
   *
   * @param registry the host, and port if there is one
   * @param repository the repository within the registry
   * @param login the user of the registry
   * @param trustedTokenHost a token service outside of the registry's domain that may be given the
   *     login
   * @param allowInsecure whether TLS with a certificate that is not trusted, and plain HTTP, will
   *     do
   */
  public record Target(
      String registry,
      String repository,
      Optional<Login> login,
      @Nullable String trustedTokenHost,
      boolean allowInsecure) {}

  /**
   * Returns the repository that pushes go to. Nothing of the login is sent before the registry asks
   * for it.
   *
   * @throws SSLException if the registry has no trusted certificate, and needs one
   * @throws IOException if it cannot be reached
   */
  public ImageRepository connect(Target target) throws IOException {
    URI secure = URI.create("https://" + target.registry());
    try {
      return connect(client(null), secure, target);
    } catch (SSLException | ConnectException | HttpTimeoutException e) {
      if (!target.allowInsecure()) {
        throw e;
      }
    }
    try {
      return connect(client(trustAll()), secure, target);
    } catch (SSLException | ConnectException | HttpTimeoutException e) {
      return connect(client(null), URI.create("http://" + target.registry()), target);
    }
  }

  private ImageRepository connect(HttpClient client, URI base, Target target) throws IOException {
    RegistryHttp http = new RegistryHttp(client, userAgent, by -> Thread.sleep(by.toMillis()));
    // "Determining Support": any answer shows that a server speaks this protocol here.
    http.send(RegistryRequest.of("GET", base.resolve("/v2/"), Map.of()), null);
    RegistryConnection connection =
        new RegistryConnection(
            http,
            base,
            target.login(),
            target.trustedTokenHost(),
            "repository:" + target.repository() + ":pull,push");
    return new ImageRepository(connection, target.repository());
  }

  private HttpClient client(@Nullable SSLContext tls) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            // Each upload is one request, and connections are few: HTTP/2 wins nothing here.
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(proxies);
    if (tls != null) {
      builder.sslContext(tls);
    }
    return builder.build();
  }

  private static SSLContext trustAll() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, List.of(new TrustEverybody()).toArray(TrustManager[]::new), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every JDK has TLS", e);
    }
  }
}
