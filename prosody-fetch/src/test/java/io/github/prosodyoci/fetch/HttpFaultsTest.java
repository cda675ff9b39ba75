package io.github.prosodyoci.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import io.github.prosodyoci.core.Credentials;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.fetch.debian.DebianMirrors;
import io.github.prosodyoci.fetch.origin.MavenArtifacts;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.Source;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that break off, lie, lead astray, or keep one waiting. */
@Tag("slow")
class HttpFaultsTest {

  private static final byte[] CONTENT = content();
  private static final int HALF = 100_000;
  private static final FetchSettings QUICK =
      FetchSettings.STANDARD
          .withTimeouts(Duration.ofSeconds(2), Duration.ofMillis(500))
          .withRetries(3, Duration.ofMillis(2));

  @TempDir private Path folder;
  private final Heard heard = new Heard();
  private final List<String> ranges = new CopyOnWriteArrayList<>();
  private Loopback server;

  private static byte[] content() {
    byte[] content = new byte[250_000];
    new Random(49).nextBytes(content);
    return content;
  }

  @BeforeEach
  void start() throws IOException {
    server = new Loopback();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** Answers the first request with half of the file, and others as told. */
  private void breaking(String tag, Loopback.Handler next) {
    server.on(
        "/a",
        exchange -> {
          String range = exchange.getRequestHeaders().getFirst("Range");
          String condition = exchange.getRequestHeaders().getFirst("If-Range");
          ranges.add(range + " " + condition);
          if (server.asked("/a") == 1) {
            exchange.getResponseHeaders().set("ETag", tag);
            exchange.sendResponseHeaders(200, CONTENT.length);
            exchange.getResponseBody().write(CONTENT, 0, HALF);
            exchange.getResponseBody().flush();
            throw new IOException("the connection is dropped");
          }
          next.handle(exchange, range);
        });
  }

  private static void part(HttpExchange exchange, String range, byte[] bytes) throws IOException {
    exchange.getResponseHeaders().set("Content-Range", range);
    Loopback.answer(exchange, 206, bytes);
  }

  private static byte[] rest(String range) {
    int from = Integer.parseInt(range.replaceAll("[^0-9]", ""));
    return Arrays.copyOfRange(CONTENT, from, CONTENT.length);
  }

  private static String contentRange(String range) {
    return "bytes "
        + (CONTENT.length - rest(range).length)
        + "-"
        + (CONTENT.length - 1)
        + "/"
        + CONTENT.length;
  }

  @Test
  void fetch_brokenOff_isResumedAtTheVeryByte() {
    breaking("\"v1\"", (exchange, range) -> part(exchange, contentRange(range), rest(range)));

    assertThat(fetch(QUICK, server.origin("/a")).path()).hasBinaryContent(CONTENT);

    assertThat(ranges).hasSize(2);
    assertThat(ranges.get(0)).isEqualTo("null null");
    assertThat(ranges.get(1)).matches("bytes=[1-9][0-9]*- \"v1\"");
    assertThat(heard.received).isSorted().endsWith((long) CONTENT.length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"W/\"weak\"", "junk", "\"two\" \"tags\""})
  void fetch_brokenOffWithoutStrongTag_startsAgain(String tag) {
    breaking(tag, (exchange, range) -> Loopback.answer(exchange, 200, CONTENT));

    assertThat(fetch(QUICK, server.origin("/a")).path()).hasBinaryContent(CONTENT);
    assertThat(ranges).containsExactly("null null", "null null");
  }

  @Test
  void fetch_wholeInAnswerToRange_isTakenFromTheStart() {
    breaking("\"v1\"", (exchange, range) -> Loopback.answer(exchange, 200, CONTENT));

    assertThat(fetch(QUICK, server.origin("/a")).path()).hasBinaryContent(CONTENT);
    assertThat(ranges).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bytes 0-249999/250000",
        "bytes 1-249999/250000",
        "bytes %d-249998/250000",
        "bytes %d-249999/*",
        "bytes %d-250000/250001",
        "bytes 99999999999999999999-249999/250000",
        "pages 1-2/3",
        ""
      })
  void fetch_otherPartThanAskedFor_isNeverMixedIn(String range) {
    breaking(
        "\"v1\"",
        (exchange, asked) -> {
          if (asked == null) {
            Loopback.answer(exchange, 200, CONTENT);
          } else {
            String from = String.valueOf(CONTENT.length - rest(asked).length);
            part(exchange, range.replace("%d", from), rest(asked));
          }
        });

    assertThat(fetch(QUICK, server.origin("/a")).path()).hasBinaryContent(CONTENT);
    assertThat(ranges).hasSize(3);
    assertThat(ranges.get(2)).isEqualTo("null null");
  }

  @Test
  void fetch_tagOfThePartDiffers_startsAgain() {
    breaking(
        "\"v1\"",
        (exchange, range) -> {
          exchange.getResponseHeaders().set("ETag", "\"v2\"");
          if (range == null) {
            Loopback.answer(exchange, 200, CONTENT);
          } else {
            part(exchange, contentRange(range), rest(range));
          }
        });

    assertThat(fetch(QUICK, server.origin("/a")).path()).hasBinaryContent(CONTENT);
    assertThat(ranges).hasSize(3);
  }

  @Test
  void fetch_resumedPartIsOfAnotherFile_startsAgain() {
    breaking(
        "\"v1\"",
        (exchange, range) -> {
          if (range == null) {
            Loopback.answer(exchange, 200, CONTENT);
          } else {
            part(exchange, contentRange(range), new byte[rest(range).length]);
          }
        });

    assertThat(fetch(QUICK, server.origin("/a")).path()).hasBinaryContent(CONTENT);
    assertThat(ranges).hasSize(3);
  }

  @Test
  void fetch_rangeNotSatisfiable_startsAgain() {
    breaking(
        "\"v1\"",
        (exchange, range) -> {
          if (range == null) {
            Loopback.answer(exchange, 200, CONTENT);
          } else {
            exchange.sendResponseHeaders(416, -1);
          }
        });

    assertThat(fetch(QUICK, server.origin("/a")).path()).hasBinaryContent(CONTENT);
  }

  @Test
  void fetch_alwaysBreakingButGoingOn_arrivesInTheEnd() throws Exception {
    byte[] large = new byte[9 << 20];
    new Random(1).nextBytes(large);
    server.on(
        "/a",
        exchange -> {
          String range = exchange.getRequestHeaders().getFirst("Range");
          int from = range == null ? 0 : Integer.parseInt(range.replaceAll("[^0-9]", ""));
          exchange.getResponseHeaders().set("ETag", "\"v1\"");
          if (range != null) {
            exchange
                .getResponseHeaders()
                .set(
                    "Content-Range",
                    "bytes " + from + "-" + (large.length - 1) + "/" + large.length);
          }
          exchange.sendResponseHeaders(range == null ? 200 : 206, large.length - from);
          int count = Math.min(2 << 20, large.length - from);
          exchange.getResponseBody().write(large, from, count);
          if (from + count < large.length) {
            exchange.getResponseBody().flush();
            throw new IOException("the connection is dropped");
          }
        });

    Source source = new Source("f", Digest.of(large), List.of(server.origin("/a")));

    assertThat(
            fetcher(QUICK.withRetries(2, Duration.ZERO))
                .fetch(FetchRequest.required(List.of(source)))
                .fetched()
                .get(0)
                .path())
        .hasBinaryContent(large);
    assertThat(server.asked("/a")).isGreaterThan(3);
  }

  @Test
  void fetch_gzippedTwice_isDigestMismatch() throws Exception {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(zipped)) {
      out.write(CONTENT);
    }
    server.on(
        "/a",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Encoding", "gzip");
          Loopback.answer(exchange, 200, zipped.toByteArray());
        });

    assertRefused(FetchCode.DIGEST_MISMATCH, QUICK, server.origin("/a"));
  }

  @ParameterizedTest
  @CsvSource({
    "429, 1, 2",
    "503, '', 3",
    "503, -1, 3",
    "503, junk, 3",
    "503, 1000000000000, 1",
    "503, 99999999999999999999999999, 1",
    "503, 31, 1",
    "500, '', 3",
    "501, '', 1",
    "505, '', 1",
  })
  void fetch_serverFails_isAskedAsOftenAsItMakesSense(int status, String after, int times) {
    server
        .on(
            "/a",
            exchange -> {
              if (status == 429 && server.asked("/a") == 2) {
                Loopback.answer(exchange, 200, CONTENT);
                return;
              }
              exchange.getResponseHeaders().set("Retry-After", after);
              exchange.sendResponseHeaders(status, -1);
            })
        .file("/b", CONTENT);

    assertThat(fetch(QUICK, server.origin("/a"), server.origin("/b")).path())
        .hasBinaryContent(CONTENT);
    assertThat(server.asked("/a")).isEqualTo(times);
    if (status != 429) {
      assertThat(heard.warnings)
          .singleElement()
          .asString()
          .startsWith("lua.tar.gz came from " + server.uri("/b") + ", since ")
          .endsWith("(http-status)");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'Wed, 21 Oct 2026 07:28:01 GMT', 2",
    "'Wed, 21 Oct 2026 07:29:00 GMT', 1",
    "'Wed, 21 Oct 2099 07:28:00 GMT', 1",
    "'Wed, 21 Oct 2015 07:28:00 GMT', 2",
    "'Wed, 99 Oct 2026 07:28:00 GMT', 2",
  })
  void fetch_retryAfterDate_countsFromTheServersClock(String date, int times) throws Exception {
    String answer =
        "HTTP/1.1 503 Busy\r\nDate: Wed, 21 Oct 2026 07:28:00 GMT\r\nRetry-After: "
            + date
            + "\r\nContent-Length: 0\r\n\r\n";
    try (RawServer raw = RawServer.sending(answer)) {
      assertRefused(
          FetchCode.HTTP_STATUS, QUICK.withRetries(2, Duration.ofMillis(1)), raw.origin());
      assertThat(raw.connections()).isEqualTo(times);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "401, unauthorized", "403, unauthorized", "404, not-found", "410, not-found",
    "304, http-status", "206, http-status", "500, http-status", "999, http-status",
  })
  void fetch_status_hasItsCode(int status, String code) {
    server.status("/a", status);

    assertThat(refusal(QUICK, server.origin("/a"))).hasMessageContaining(" (" + code + ")");
  }

  @ParameterizedTest
  @CsvSource({
    "'<html>HTTP/0.9 it is</html>\r\n', http-syntax",
    "'HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nthe file', http-syntax",
    "'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nthe file', digest-mismatch",
  })
  void fetch_noHttp_isRefused(String answer, String code) throws Exception {
    try (RawServer raw = RawServer.sending(answer)) {
      assertThat(refusal(QUICK.withRetries(1, Duration.ZERO), raw.origin()))
          .hasMessageContaining(" (" + code + ")");
    }
  }

  @Test
  void fetch_hundredThousandHeaders_areRefused() throws Exception {
    RawServer.Answer answer =
        connection -> {
          OutputStream out = connection.getOutputStream();
          out.write("HTTP/1.1 200 OK\r\n".getBytes(UTF_8));
          for (int i = 0; i < 100_000; i++) {
            out.write(("X" + i + ": y\r\n").getBytes(UTF_8));
          }
          out.write("\r\n".getBytes(UTF_8));
        };
    try (RawServer raw = new RawServer(answer)) {
      assertThat(refusal(QUICK.withRetries(1, Duration.ZERO), raw.origin()).failure().code())
          .isIn(FetchCode.HTTP_SYNTAX, FetchCode.BROKEN_TRANSFER);
    }
  }

  @Test
  void fetch_headersDripping_endInBoundedTime() throws Exception {
    RawServer.Answer drip =
        connection -> {
          for (int i = 0; i < 1000; i++) {
            connection.getOutputStream().write("HTTP/1.1 200 OK\r\nX: y".charAt(Math.min(i, 19)));
            Thread.sleep(50);
          }
        };
    FetchSettings settings =
        QUICK
            .withTimeouts(Duration.ofMillis(300), Duration.ofMillis(300))
            .withRetries(1, Duration.ZERO);
    long start = System.nanoTime();
    try (RawServer raw = new RawServer(drip)) {
      assertRefused(FetchCode.SILENT, settings, raw.origin());
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void fetch_justFastEnoughForever_endsAtTheBoundOfAll() throws Exception {
    RawServer.Answer slow =
        connection -> {
          OutputStream out = connection.getOutputStream();
          out.write(
              "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nContent-Length: 99999999\r\n\r\n".getBytes(UTF_8));
          while (true) {
            out.write(new byte[1000]);
            Thread.sleep(50);
          }
        };
    try (RawServer raw = new RawServer(slow)) {
      assertRefused(
          FetchCode.TOO_SLOW, QUICK.withMaximumTime(Duration.ofMillis(1500)), raw.origin());
      assertThat(raw.connections()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:1/\r\n x",
        "http://127.0.0.1:1/%0d%0a\rSet-Cookie: a",
        "//",
        "gopher://127.0.0.1/",
        "jar:file:/etc/passwd!/",
        "https:relative",
        "http://[::1",
      })
  void fetch_redirectToNoAddress_isRefused(String location) throws Exception {
    try (RawServer raw =
        RawServer.sending(
            "HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n")) {
      FailureException refusal = refusal(QUICK, raw.origin());

      assertThat(refusal.failure().code())
          .isIn(FetchCode.REDIRECT, FetchCode.HTTP_SYNTAX, FetchCode.BROKEN_TRANSFER);
      assertThat(refusal.getMessage()).doesNotContain("\r");
    }
  }

  @Test
  void fetch_elevenHops_areRefusedAndTenFollowed() {
    for (int i = 0; i < 11; i++) {
      server.redirect("/" + i + "/", "/" + (i + 1) + "/");
    }
    server.file("/11/", CONTENT);

    assertRefused(FetchCode.REDIRECT, QUICK, server.origin("/0/"));
    assertThat(fetch(QUICK, server.origin("/1/")).path()).hasBinaryContent(CONTENT);
  }

  @Test
  void fetch_redirectToOtherHost_doesNotTakeCredentialsThere() throws Exception {
    List<String> leaked = new CopyOnWriteArrayList<>();
    List<String> sent = new CopyOnWriteArrayList<>();
    try (Loopback other = new Loopback()) {
      other.on(
          "/b",
          exchange -> {
            leaked.addAll(exchange.getRequestHeaders().getOrDefault("Authorization", List.of()));
            Loopback.answer(exchange, 200, CONTENT);
          });
      server.on(
          "/a",
          exchange -> {
            sent.addAll(exchange.getRequestHeaders().getOrDefault("Authorization", List.of()));
            exchange.getResponseHeaders().set("Location", other.uri("/b").toString());
            exchange.sendResponseHeaders(302, -1);
          });

      fetch(QUICK.withCredentials(everywhere("me", "secret")), server.origin("/a"));
    }

    assertThat(sent).containsExactly("Basic bWU6c2VjcmV0");
    assertThat(leaked).isEmpty();
  }

  @Test
  void fetch_plainHttpMirror_isNotToldThePassword() throws Exception {
    List<String> seen = new CopyOnWriteArrayList<>();
    server.on(
        "/",
        exchange -> {
          seen.addAll(exchange.getRequestHeaders().getOrDefault("Authorization", List.of()));
          Loopback.answer(exchange, 200, CONTENT);
        });
    // By way of a proxy, so that a host that is not this machine is asked over http.
    FetchSettings settings = QUICK.withProxies(proxy()).withCredentials(everywhere("me", "secret"));
    DebianMirrors mirrors =
        new DebianMirrors(List.of(URI.create("http://mirror.example/debian")), List.of());

    new Fetcher(cache(), settings.withMirrors(mirrors), heard)
        .fetch(FetchRequest.required(List.of(source(new Origin.Debian("lua5.4", "a.tar")))))
        .fetched();

    assertThat(seen).isEmpty();
    assertThat(server.asked("/")).isEqualTo(1);
  }

  @Test
  void fetch_proxyWantsLogin_isTold() throws Exception {
    server.on(
        "/",
        exchange -> {
          String login = exchange.getRequestHeaders().getFirst("Proxy-Authorization");
          if ("Basic cHJveHk6cHc=".equals(login)) {
            Loopback.answer(exchange, 200, CONTENT);
          } else {
            exchange.getResponseHeaders().set("Proxy-Authenticate", "Basic realm=\"a\"");
            exchange.sendResponseHeaders(407, -1);
          }
        });
    DebianMirrors mirrors =
        new DebianMirrors(List.of(URI.create("http://mirror.example/debian")), List.of());
    Source source = source(new Origin.Debian("lua5.4", "a.tar"));
    FetchSettings settings = QUICK.withProxies(proxy());

    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(
            () ->
                new Fetcher(cache(), settings.withMirrors(mirrors), heard)
                    .fetch(FetchRequest.required(List.of(source)))
                    .fetched())
        .withMessageContaining("407 Proxy Authentication Required (proxy-auth)")
        .satisfies(e -> assertThat(e.failure().code()).isEqualTo(FetchCode.PROXY_AUTH));
    Credentials known =
        new Credentials() {
          @Override
          public Optional<Login> proxy(URI address) {
            return Optional.of(new Login("proxy", "pw"));
          }
        };
    assertThat(
            new Fetcher(cache(), settings.withMirrors(mirrors).withCredentials(known), heard)
                .fetch(FetchRequest.required(List.of(source)))
                .fetched())
        .hasSize(1);
  }

  @Test
  void fetch_secretInQuery_isShownNowhere() throws Exception {
    server.file("/a", CONTENT).status("/b", 403).redirect("/c", "file:///x?token=hush");
    Origin bad = new Origin.Https(URI.create(server.uri("/b") + "?token=hush"));
    Origin astray = new Origin.Https(URI.create(server.uri("/c") + "?token=hush"));
    Origin good = new Origin.Https(URI.create(server.uri("/a") + "?token=hush"));

    FetchedSource fetched = fetch(QUICK, bad, good);

    assertThat(fetched.origin()).isEqualTo(server.uri("/a") + "?…");
    assertThat(heard.warnings).singleElement().asString().doesNotContain("hush");
    assertThat(Files.readString(Path.of(fetched.path() + ".origin"))).doesNotContain("hush");
    Files.delete(fetched.path());
    assertThat(refusal(QUICK, bad, astray))
        .hasMessageNotContaining("hush")
        .hasMessageContaining("/b?… answered: 403 Forbidden (unauthorized)");
  }

  @Test
  void fetch_severalReasons_areOneCodeForAll() {
    server.status("/gone", 404).status("/down", 503);

    assertRefused(FetchCode.NO_ORIGIN, QUICK, server.origin("/gone"), server.origin("/down"));
    assertRefused(FetchCode.NOT_FOUND, QUICK, server.origin("/gone"));
  }

  @Test
  void fetch_hostOutOfReach_isWarnedOfOnce() {
    server.file("/a", CONTENT).file("/b", "other".getBytes(UTF_8));
    Origin nowhere = new Origin.Https(URI.create("https://no-such-host.invalid/x"));

    fetcher(QUICK.withParallel(1))
        .fetch(
            FetchRequest.required(
                List.of(
                    source(nowhere, server.origin("/a")),
                    new Source(
                        "b",
                        Digest.of("other".getBytes(UTF_8)),
                        List.of(nowhere, server.origin("/b"))))));

    assertThat(heard.warnings)
        .containsExactly(
            "lua.tar.gz came from "
                + server.uri("/a")
                + ", since https://no-such-host.invalid/x answered: host not found (unreachable)");
  }

  private static Credentials everywhere(String user, String password) {
    return new Credentials() {
      @Override
      public Optional<Login> server(URI address) {
        return Optional.of(new Login(user, password));
      }
    };
  }

  private ProxySelector proxy() {
    return new ProxySelector() {
      @Override
      public List<Proxy> select(URI uri) {
        return List.of(
            new Proxy(
                Proxy.Type.HTTP, new InetSocketAddress("127.0.0.1", server.uri("/").getPort())));
      }

      @Override
      public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
    };
  }

  private Path cache() {
    return folder.resolve("cache");
  }

  private MavenArtifacts artifacts() {
    return MavenArtifacts.localRepository(folder.resolve("m2"));
  }

  private Fetcher fetcher(FetchSettings settings) {
    return new Fetcher(cache(), settings.withArtifacts(artifacts()), heard);
  }

  private FetchedSource fetch(FetchSettings settings, Origin... origins) {
    return fetcher(settings)
        .fetch(FetchRequest.required(List.of(source(origins))))
        .fetched()
        .get(0);
  }

  private static Source source(Origin... origins) {
    return new Source("lua.tar.gz", Digest.of(CONTENT), List.of(origins));
  }

  private FailureException refusal(FetchSettings settings, Origin... origins) {
    try {
      fetch(settings, origins);
    } catch (FailureException e) {
      try (var files = Files.walk(folder.resolve("cache/store/sha256"))) {
        assertThat(files.filter(f -> f.toString().endsWith(".part"))).isEmpty();
      } catch (IOException noFolder) {
        return e;
      }
      return e;
    }
    throw new AssertionError("nothing was refused");
  }

  private void assertRefused(FetchCode code, FetchSettings settings, Origin... origins) {
    FailureException refusal = refusal(settings, origins);
    assertThat(refusal.failure().code()).as(refusal.getMessage()).isEqualTo(code);
    if (code != FetchCode.NO_ORIGIN) {
      assertThat(refusal).hasMessageContaining("(" + code.text() + ")");
    }
  }
}
