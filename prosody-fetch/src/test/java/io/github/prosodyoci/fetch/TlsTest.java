package io.github.prosodyoci.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.prosodyoci.archive.Digest;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {

  private static final byte[] CONTENT = "the file".getBytes(UTF_8);
  private static final char[] PASSWORD = "password".toCharArray();

  @TempDir private Path folder;
  private static SSLContext own;
  private SSLContext before;
  private HttpsServer server;

  @BeforeAll
  static void makeKeys(@TempDir Path keys) throws Exception {
    own = selfSigned(keys);
  }

  @BeforeEach
  void start() throws Exception {
    before = SSLContext.getDefault();
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
    server.setHttpsConfigurator(new HttpsConfigurator(own));
    server.createContext(
        "/file",
        exchange -> {
          try (exchange) {
            Loopback.answer(exchange, 200, CONTENT);
          }
        });
    server.createContext(
        "/insecure",
        exchange -> {
          try (exchange) {
            exchange.getResponseHeaders().add("Location", "http://127.0.0.1/file");
            exchange.sendResponseHeaders(302, -1);
          }
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
    SSLContext.setDefault(before);
  }

  @Test
  void fetch_certificateOfUnknownIssuer_isRefused() {
    assertThatExceptionOfType(FetchException.class)
        .isThrownBy(() -> fetch("/file"))
        .withMessageContaining("answered: TLS failed: ");
  }

  @Test
  void fetch_trustedCertificate_isTaken() throws Exception {
    SSLContext.setDefault(own);

    assertThat(fetch("/file").path()).hasBinaryContent(CONTENT);
  }

  @Test
  void fetch_redirectFromHttpsToHttp_isRefused() throws Exception {
    SSLContext.setDefault(own);

    assertThatExceptionOfType(FetchException.class)
        .isThrownBy(() -> fetch("/insecure"))
        .withMessageContaining("redirect refused: from https to 'http://127.0.0.1/file'");
  }

  private FetchedSource fetch(String path) {
    URI uri = URI.create("https://127.0.0.1:" + server.getAddress().getPort() + path);
    return new SourceFetcher(
            new ContentStore(folder.resolve("cache")),
            new DebianMirrors(List.of(), List.of()),
            MavenArtifacts.localRepository(folder),
            FetchSettings.STANDARD.withRetries(1, Duration.ZERO),
            Progress.SILENT)
        .fetch(List.of(new Source("a", Digest.of(CONTENT), List.of(new Origin.Https(uri)))))
        .get(0);
  }

  private static SSLContext selfSigned(Path folder) throws Exception {
    Path file = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD),
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=loopback",
                "-ext",
                "san=ip:127.0.0.1")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD);
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", keys.getCertificate("server"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }
}
