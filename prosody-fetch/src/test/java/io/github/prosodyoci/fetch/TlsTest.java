package io.github.prosodyoci.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.Source;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class TlsTest {

  private static final byte[] CONTENT = "the file".getBytes(UTF_8);
  private static final char[] PASSWORD = "password".toCharArray();

  @TempDir private Path folder;
  private static SSLContext own;
  private static SSLContext expired;
  private static SSLContext otherHost;
  private SSLContext before;
  private HttpsServer server;

  @BeforeAll
  static void makeKeys(@TempDir Path keys) throws Exception {
    makeKey(keys);
    own = certified(keys, "san=ip:127.0.0.1", "-0d");
    expired = certified(keys, "san=ip:127.0.0.1", "-3d");
    otherHost = certified(keys, "san=dns:other.example", "-0d");
  }

  @BeforeEach
  void start() throws Exception {
    before = SSLContext.getDefault();
    serve(own);
  }

  private void serve(SSLContext context) throws Exception {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
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
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> fetch("/file"))
        .withMessageContaining("answered: TLS failed: ")
        .satisfies(e -> assertThat(e.failure().code()).isEqualTo(FetchCode.TLS));
  }

  @Test
  void fetch_certificateExpired_isRefused() throws Exception {
    assertRefused(expired);
  }

  @Test
  void fetch_certificateOfAnotherHost_isRefused() throws Exception {
    assertRefused(otherHost);
  }

  private void assertRefused(SSLContext context) throws Exception {
    server.stop(0);
    serve(context);
    SSLContext.setDefault(context);

    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> fetch("/file"))
        .withMessageContaining("(tls)")
        .satisfies(e -> assertThat(e.failure().code()).isEqualTo(FetchCode.TLS));
  }

  @Test
  void fetch_serverThatKnowsOnlyTls10_isRefused() throws Exception {
    byte[] hello = new byte[47];
    byte[] start = {0x16, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1};
    System.arraycopy(start, 0, hello, 0, start.length);
    hello[44] = 0x2f; // TLS_RSA_WITH_AES_128_CBC_SHA
    try (ServerSocket old = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread thread =
          new Thread(
              () -> {
                try (Socket connection = old.accept()) {
                  connection.getOutputStream().write(hello);
                  connection.getInputStream().readAllBytes();
                } catch (IOException e) {
                  return; // the client went away, as it should
                }
              });
      thread.start();

      assertThatExceptionOfType(FailureException.class)
          .isThrownBy(() -> fetch(URI.create("https://127.0.0.1:" + old.getLocalPort() + "/file")))
          .satisfies(
              e -> assertThat(e.failure().code()).as(e.getMessage()).isEqualTo(FetchCode.TLS));
      thread.join(5000);
    }
  }

  @Test
  void fetch_trustedCertificate_isTaken() throws Exception {
    SSLContext.setDefault(own);

    assertThat(fetch("/file").path()).hasBinaryContent(CONTENT);
  }

  @Test
  void fetch_redirectFromHttpsToHttp_isRefused() throws Exception {
    SSLContext.setDefault(own);

    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> fetch("/insecure"))
        .withMessageContaining("redirect refused: from https to 'http://127.0.0.1/file'");
  }

  private FetchedSource fetch(String path) {
    return fetch(URI.create("https://127.0.0.1:" + server.getAddress().getPort() + path));
  }

  private FetchedSource fetch(URI uri) {
    return new Fetcher(
            folder.resolve("cache"),
            FetchSettings.STANDARD.withRetries(1, Duration.ZERO),
            Progress.SILENT)
        .fetch(
            FetchRequest.required(
                List.of(new Source("a", Digest.of(CONTENT), List.of(new Origin.Https(uri))))))
        .fetched()
        .get(0);
  }

  /** Makes a key, and an issuer who certifies it. */
  private static void makeKey(Path folder) throws Exception {
    keytool(
        folder, "-genkeypair", "-alias", "ca", "-keyalg", "EC", "-dname", "CN=ca", "-ext", "bc:c");
    keytool(folder, "-genkeypair", "-alias", "server", "-keyalg", "EC", "-dname", "CN=loopback");
    keytool(folder, "-certreq", "-alias", "server", "-file", "request");
  }

  /** Returns the key with a certificate, in a context that trusts the issuer. */
  private static SSLContext certified(Path folder, String names, String start) throws Exception {
    String file = Integer.toHexString((names + start).hashCode());
    keytool(
        folder,
        "-gencert",
        "-alias",
        "ca",
        "-infile",
        "request",
        "-outfile",
        file,
        "-ext",
        names,
        "-startdate",
        start,
        "-validity",
        "2");
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(folder.resolve("keys.p12"));
        InputStream certificate = Files.newInputStream(folder.resolve(file))) {
      keys.load(in, PASSWORD);
      keys.setKeyEntry(
          "server",
          keys.getKey("server", PASSWORD),
          PASSWORD,
          new Certificate[] {
            CertificateFactory.getInstance("X.509").generateCertificate(certificate)
          });
    }
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("ca", keys.getCertificate("ca"));
    keys.deleteEntry("ca");
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  private static void keytool(Path folder, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.add("-J-XX:TieredStopAtLevel=1");
    command.addAll(List.of(arguments));
    command.addAll(
        List.of("-keystore", "keys.p12", "-storepass", new String(PASSWORD), "-noprompt"));
    Process keytool =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("keytool.log").toFile())
            .start();
    assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(keytool.exitValue()).as(folder + "/keytool.log").isZero();
  }
}
