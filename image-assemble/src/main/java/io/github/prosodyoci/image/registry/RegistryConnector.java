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
import java.util.ArrayList;
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

  /** Proxies in front of registries limit what one request may carry, often to 100 MB. */
  private static final long CHUNK = 64 << 20;

  private final ProxySelector proxies;
  private final String userAgent;
  private final long chunk;

  /**
   * Creates a connector.
   *
   * @param proxies which proxy leads to which host
   * @param userAgent what to call ourselves to registries
   */
  public RegistryConnector(ProxySelector proxies, String userAgent) {
    this(proxies, userAgent, CHUNK);
  }

  /**
   * Creates a connector that splits uploads otherwise.
   *
   * @param chunk how many bytes of a blob one request carries, at most
   */
  public RegistryConnector(ProxySelector proxies, String userAgent, long chunk) {
    this.proxies = proxies;
    this.userAgent = userAgent;
    this.chunk = chunk;
  }

  /**
   * What to connect to.
   *
   * @param registry the host, and port if there is one
   * @param repository the repository within the registry
   * @param login the user of the registry
   * @param trustedTokenHost a token service outside of the registry's domain that may be given the
   *     login
   * @param otherRepositories repositories of the same registry that blobs may be taken from
   * @param push whether to write as well as to read
   * @param allowInsecure whether TLS with a certificate that is not trusted, and plain HTTP, will
   *     do
   */
  public record Target(
      String registry,
      String repository,
      Optional<Login> login,
      @Nullable String trustedTokenHost,
      List<String> otherRepositories,
      boolean push,
      boolean allowInsecure) {

    /** Copies the list. */
    public Target {
      otherRepositories = List.copyOf(otherRepositories);
    }

    private List<String> scopes() {
      List<String> scopes =
          new ArrayList<>(List.of("repository:" + repository + (push ? ":pull,push" : ":pull")));
      otherRepositories.forEach(other -> scopes.add("repository:" + other + ":pull"));
      return scopes;
    }
  }

  /**
   * Returns a repository. Nothing of the login is sent before the registry asks for it.
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
            http, base, target.login(), target.trustedTokenHost(), target.scopes());
    return new ImageRepository(connection, target.repository(), target.otherRepositories(), chunk);
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
