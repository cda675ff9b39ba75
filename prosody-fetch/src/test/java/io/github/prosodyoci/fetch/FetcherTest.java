package io.github.prosodyoci.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.fetch.debian.DebianMirrors;
import io.github.prosodyoci.fetch.origin.MavenArtifacts;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.Source;
import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FetcherTest {

  private static final byte[] CONTENT = "the file".getBytes(UTF_8);
  private static final byte[] OTHER = "another file".getBytes(UTF_8);
  private static final FetchSettings QUICK =
      FetchSettings.STANDARD
          .withTimeouts(Duration.ofSeconds(2), Duration.ofMillis(500))
          .withRetries(3, Duration.ofMillis(2));

  @TempDir private Path folder;
  private final Heard heard = new Heard();
  private Loopback server;

  @BeforeEach
  void start() throws IOException {
    server = new Loopback();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void fetch_fromWeb_liesInStoreReadOnlyWithItsOrigin() throws Exception {
    server.file("/lua.tar.gz", CONTENT);

    FetchedSource fetched = fetch(QUICK, server.origin("/lua.tar.gz"));

    assertThat(fetched.path()).hasBinaryContent(CONTENT);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fetched.path())))
        .isEqualTo("r--r--r--");
    assertThat(fetched.size()).isEqualTo(CONTENT.length);
    assertThat(fetched.origin()).isEqualTo(server.uri("/lua.tar.gz").toString());
    assertThat(heard.fetched).containsExactly(fetched);
    assertThat(heard.received).containsExactly((long) CONTENT.length);
  }

  @Test
  void fetch_again_takesItFromStoreAndRemembersFirstOrigin() {
    server.file("/a", CONTENT);
    FetchedSource first = fetch(QUICK, server.origin("/a"));

    assertThat(fetch(QUICK, server.origin("/a"))).isEqualTo(first);
    assertThat(fetch(QUICK.withOffline(true), server.origin("/a"))).isEqualTo(first);
    assertThat(server.asked("/a")).isEqualTo(1);
    assertThat(heard.fetched).hasSize(1);
  }

  @Test
  void fetch_rottenFileInStore_isFetchedAgain() throws Exception {
    server.file("/a", CONTENT);
    Path path = fetch(QUICK, server.origin("/a")).path();
    Files.delete(path);
    Files.write(path, OTHER);

    assertThat(fetch(QUICK, server.origin("/a")).path()).hasBinaryContent(CONTENT);
    assertThat(heard.warnings).singleElement().asString().contains("is damaged");
  }

  @Test
  void fetch_firstOriginHasNot_nextIsAsked() {
    server.status("/gone", 404).file("/here", CONTENT);

    assertThat(fetch(QUICK, server.origin("/gone"), server.origin("/here")).origin())
        .endsWith("/here");
    assertThat(server.asked("/gone")).isEqualTo(1);
    assertThat(heard.warnings).isEmpty();
  }

  @Test
  void fetch_corruptMirror_isSkippedWithWarning() {
    server.file("/bad", OTHER).file("/good", CONTENT);

    assertThat(fetch(QUICK, server.origin("/bad"), server.origin("/good")).path())
        .hasBinaryContent(CONTENT);
    assertThat(heard.warnings)
        .singleElement()
        .asString()
        .startsWith("Skipped lua.tar.gz: " + server.uri("/bad") + " answered: digest mismatch")
        .contains("expected " + Digest.of(CONTENT) + ", found " + Digest.of(OTHER));
    assertThat(server.asked("/bad")).isEqualTo(1);
  }

  @Test
  void fetch_noOriginLeft_listsEachWithItsAnswerAndLeavesNothing() throws Exception {
    server.status("/gone", 404).file("/portal", "<html>".getBytes(UTF_8)).status("/down", 503);

    assertRefused(
        QUICK,
        List.of(
            server.origin("/gone"),
            server.origin("/portal"),
            server.origin("/down"),
            new Origin.Https(URI.create("https://no-such-host.invalid/lua")),
            new Origin.Https(URI.create("https://127.0.0.1:1/lua")),
            new Origin.LocalFile(folder.resolve("none"), "none"),
            new Origin.Maven("g", "a", "1", "jar", "")),
        "Could not fetch lua.tar.gz (" + Digest.of(CONTENT) + "): ",
        "/gone answered: 404 Not Found (not-found); ",
        "/portal answered: digest mismatch: expected " + Digest.of(CONTENT) + ", found sha256:",
        "/down answered: 503 Service Unavailable (http-status); ",
        "https://no-such-host.invalid/lua answered: host not found (unreachable); ",
        "https://127.0.0.1:1/lua answered: connection refused (unreachable); ",
        "file:none answered: there is no file " + folder.resolve("none") + " (not-found)",
        "maven:g:a:1:jar answered: not in the local Maven repository: ",
        "(digest-mismatch). If other origins agree");
    assertThat(server.asked("/down")).isEqualTo(3);
    assertThat(heard.failed).hasSize(1);
    assertThat(storedFiles()).isEmpty();
  }

  @Test
  void fetch_passingFault_isTriedAgain() {
    server.on(
        "/a",
        exchange -> {
          if (server.asked("/a") < 3) {
            exchange.getResponseHeaders().add("Retry-After", "0");
            exchange.sendResponseHeaders(429, -1);
          } else {
            Loopback.answer(exchange, 200, CONTENT);
          }
        });

    assertThat(fetch(QUICK, server.origin("/a")).path()).hasBinaryContent(CONTENT);
    assertThat(server.asked("/a")).isEqualTo(3);
  }

  @Test
  void fetch_serverAsksForTooMuchPatience_isNotWaitedFor() {
    server
        .on(
            "/later",
            exchange -> {
              exchange.getResponseHeaders().set("Retry-After", "3600");
              exchange.sendResponseHeaders(503, -1);
            })
        .file("/now", CONTENT);

    fetch(QUICK, server.origin("/later"), server.origin("/now"));

    assertThat(server.asked("/later")).isEqualTo(1);
  }

  @Test
  void fetch_unreachableHost_isAskedOnceForManyFiles() throws Exception {
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      byte[] content = ("file " + i).getBytes(UTF_8);
      server.file("/" + i, content);
      sources.add(
          new Source(
              "f" + i,
              Digest.of(content),
              List.of(
                  new Origin.Https(URI.create("https://no-such-host.invalid/" + i)),
                  server.origin("/" + i))));
    }

    List<URI> asked = new CopyOnWriteArrayList<>();
    FetchSettings counting = QUICK.withParallel(1).withProxies(new CountingProxies(asked));

    List<FetchedSource> fetched = fetcher(counting).fetch(FetchRequest.required(sources)).fetched();

    assertThat(fetched).extracting(FetchedSource::source).isEqualTo(sources);
    assertThat(asked).filteredOn(uri -> uri.getHost().endsWith(".invalid")).hasSize(1);
  }

  @Test
  void fetch_redirect_isFollowed() {
    server.redirect("/old", "/new").file("/new", CONTENT);

    assertThat(fetch(QUICK, server.origin("/old")).path()).hasBinaryContent(CONTENT);
  }

  @Test
  void fetch_redirectThatLeadsAstray_isRefused() {
    server
        .redirect("/loop", "/loop")
        .redirect("/file", "file:///etc/passwd")
        .redirect("/user", "http://user:secret@127.0.0.1/")
        .redirect("/none", "")
        .redirect("/junk", "ht tp://%%");

    assertRefused(
        QUICK,
        List.of(
            server.origin("/loop"),
            server.origin("/file"),
            server.origin("/user"),
            server.origin("/none"),
            server.origin("/junk")),
        "/loop answered: redirected more than 10 times (redirect); ",
        "/file answered: redirect refused: from http to 'file:///etc/passwd' (redirect)",
        "/user answered: redirect refused",
        "/none answered: redirect refused",
        "/junk answered: redirect refused");
    assertThat(server.asked("/loop")).isEqualTo(11);
  }

  @Test
  void fetch_longerThanTheLimit_stopsThere() throws Exception {
    server
        .file("/said", new byte[4096])
        .on(
            "/endless",
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              while (true) {
                exchange.getResponseBody().write(new byte[1 << 16]);
              }
            });

    assertRefused(
        QUICK.withMaximumBytes(4000),
        List.of(server.origin("/said"), server.origin("/endless")),
        "/said answered: 4096 bytes are more than the limit of 4000",
        "/endless answered: larger than 4000 bytes (too-large)");
    assertThat(storedFiles()).isEmpty();
  }

  @Test
  void fetch_brokenTransfers_areNeverMixed() throws Exception {
    String half = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nthe ";
    String tooLong = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nthe file and more";
    String chunks = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nthe \r\n4\r\nfi";
    String partial =
        "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-7/8\r\nContent-Length: 8\r\n\r\n"
            + "the file";
    try (RawServer shortBody = RawServer.sending(half);
        RawServer longBody = RawServer.sending(tooLong);
        RawServer cutChunks = RawServer.sending(chunks);
        RawServer unasked = RawServer.sending(partial);
        RawServer noHttp = RawServer.sending("SSH-2.0-OpenSSH\r\n\r\n");
        RawServer nothing = RawServer.sending("")) {
      assertRefused(
          QUICK,
          List.of(
              shortBody.origin(),
              longBody.origin(),
              cutChunks.origin(),
              unasked.origin(),
              noHttp.origin(),
              nothing.origin()),
          "answered: the transfer broke off: ",
          "answered: digest mismatch: ",
          "answered: 206");
      assertThat(shortBody.connections()).isEqualTo(3);
      assertThat(longBody.connections()).isEqualTo(1);
      assertThat(storedFiles()).isEmpty();
    }
  }

  @Test
  void fetch_closedWithoutLength_isTakenIfTheDigestHolds() throws Exception {
    try (RawServer raw = RawServer.sending("HTTP/1.1 200 OK\r\n\r\nthe file")) {
      assertThat(fetch(QUICK, raw.origin()).path()).hasBinaryContent(CONTENT);
    }
  }

  @Test
  void fetch_contentEncodingHeader_bytesAreTakenAsTheyCome() {
    server.on(
        "/a",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Encoding", "gzip");
          Loopback.answer(exchange, 200, CONTENT);
        });

    assertThat(fetch(QUICK, server.origin("/a")).path()).hasBinaryContent(CONTENT);
  }

  @Test
  void fetch_silentServer_endsInBoundedTime() throws Exception {
    RawServer.Answer silence =
        connection -> {
          connection
              .getOutputStream()
              .write("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nthe".getBytes(UTF_8));
          Thread.sleep(60_000);
        };
    long start = System.nanoTime();
    try (RawServer raw = new RawServer(silence)) {
      assertRefused(
          QUICK.withRetries(1, Duration.ZERO),
          List.of(raw.origin()),
          "answered: sent nothing for 0.5 s (silent)");
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void fetch_drippingServer_isGivenUp() throws Exception {
    RawServer.Answer drip =
        connection -> {
          connection
              .getOutputStream()
              .write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n".getBytes(UTF_8));
          for (int i = 0; i < 1000; i++) {
            connection.getOutputStream().write('x');
            Thread.sleep(50);
          }
        };
    try (RawServer raw = new RawServer(drip)) {
      assertRefused(QUICK, List.of(raw.origin()), "answered: too slow: ");
      assertThat(raw.connections()).isEqualTo(1);
    }
  }

  @Test
  void fetch_hugeHeaders_areRefused() throws Exception {
    String header = "X-Filler: " + "x".repeat(8000) + "\r\n";
    try (RawServer raw =
        RawServer.sending("HTTP/1.1 200 OK\r\n" + header.repeat(200) + "\r\nthe file")) {
      assertRefused(QUICK.withRetries(1, Duration.ZERO), List.of(raw.origin()), "answered: ");
    }
  }

  @Test
  void fetch_debianOrigin_asksMirrorsInOrder() {
    server.file("/b/debian/pool/main/l/lua5.4/lua.orig.tar.gz", CONTENT);
    DebianMirrors mirrors =
        new DebianMirrors(List.of(server.uri("/a/debian"), server.uri("/b/debian")), List.of());

    List<FetchedSource> fetched =
        new Fetcher(folder.resolve("cache"), QUICK.withMirrors(mirrors), heard)
            .fetch(
                FetchRequest.required(
                    List.of(source(new Origin.Debian("lua5.4", "lua.orig.tar.gz")))))
            .fetched();

    assertThat(fetched.get(0).origin()).contains("/b/debian/pool/");
  }

  @Test
  void fetch_localFileAndArtifact_workOffline() throws Exception {
    Path file = Files.write(folder.resolve("lua"), CONTENT);
    Path jar = folder.resolve("m2/org/x/a/1/a-1-linux.jar");
    Files.createDirectories(jar.getParent());
    Files.write(jar, OTHER);

    List<FetchedSource> fetched =
        fetcher(QUICK.withOffline(true))
            .fetch(
                FetchRequest.required(
                    List.of(
                        source(new Origin.LocalFile(file, "lua")),
                        new Source(
                            "a.jar",
                            Digest.of(OTHER),
                            List.of(new Origin.Maven("org.x", "a", "1", "jar", "linux"))))))
            .fetched();

    assertThat(fetched)
        .extracting(FetchedSource::origin)
        .containsExactly("file:lua", "maven:org.x:a:1:jar:linux");
  }

  @Test
  void fetch_offlineAndNotInStore_namesEveryMissingFileAndAsksNobody() {
    server.file("/a", CONTENT);
    Source one = source(server.origin("/a"));
    Source two = new Source("two", Digest.of(OTHER), List.of(server.origin("/a")));

    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(
            () -> fetcher(QUICK.withOffline(true)).fetch(FetchRequest.required(List.of(one, two))))
        .withMessage(
            "Could not fetch lua.tar.gz, two: not in the store "
                + folder.resolve("cache")
                + ", and the build is offline (offline). Run once without -o.");
    assertThat(server.asked("/a")).isZero();
  }

  @Test
  void fetch_unwritableCache_namesThePlace() throws Exception {
    server.file("/a", CONTENT);
    Files.writeString(folder.resolve("cache"), "a file where the folder should be");

    assertRefused(
        QUICK,
        List.of(server.origin("/a")),
        "Could not write " + folder.resolve("cache/store/locks"),
        "-Dprosodyoci.cache=<folder>");
  }

  @Test
  void fetch_manyAtOnce_downloadsEachDigestOnce() throws Exception {
    byte[] large = new byte[300_000];
    Arrays.fill(large, (byte) 7);
    server.file("/a", CONTENT).file("/large", large);
    List<Source> sources =
        List.of(
            source(server.origin("/a")),
            new Source("large", Digest.of(large), List.of(server.origin("/large"))),
            new Source(
                "same-under-another-name", Digest.of(CONTENT), List.of(server.origin("/a"))));
    ExecutorService threads = Executors.newFixedThreadPool(8);
    CountDownLatch go = new CountDownLatch(1);
    List<Future<List<FetchedSource>>> results = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      results.add(
          threads.submit(
              () -> {
                go.await();
                return fetcher(QUICK).fetch(FetchRequest.required(sources)).fetched();
              }));
    }
    go.countDown();
    for (Future<List<FetchedSource>> result : results) {
      assertThat(result.get(20, TimeUnit.SECONDS))
          .extracting(FetchedSource::source)
          .isEqualTo(sources);
    }
    threads.shutdownNow();

    assertThat(server.asked("/a")).isEqualTo(1);
    assertThat(server.asked("/large")).isEqualTo(1);
  }

  @Test
  void fetch_optionalFileMissing_bringsTheOthers() {
    server.file("/a", CONTENT).status("/gone", 404);
    Source missing = new Source("gone", Digest.of(OTHER), List.of(server.origin("/gone")));

    FetchResult outcome =
        fetcher(QUICK).fetch(FetchRequest.optional(List.of(missing, source(server.origin("/a")))));

    assertThat(outcome.fetched()).hasSize(1);
    assertThat(outcome.absent()).containsOnlyKeys(missing);
    assertThat(outcome.absent().get(missing).code()).isEqualTo(FetchCode.NOT_FOUND);
  }

  private static final class CountingProxies extends ProxySelector {
    private final List<URI> asked;

    CountingProxies(List<URI> asked) {
      this.asked = asked;
    }

    @Override
    public List<Proxy> select(URI uri) {
      asked.add(uri);
      return List.of(Proxy.NO_PROXY);
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
  }

  private Fetcher fetcher(FetchSettings settings) {
    return new Fetcher(folder.resolve("cache"), settings.withArtifacts(artifacts()), heard);
  }

  private MavenArtifacts artifacts() {
    return MavenArtifacts.localRepository(folder.resolve("m2"));
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

  private void assertRefused(FetchSettings settings, List<Origin> origins, String... parts) {
    Source source = new Source("lua.tar.gz", Digest.of(CONTENT), origins);
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> fetcher(settings).fetch(FetchRequest.required(List.of(source))).fetched())
        .satisfies(e -> assertThat(e.getMessage()).contains(parts));
  }

  /** Returns every regular file under the cache but the locks: what a refusal must not leave. */
  private List<Path> storedFiles() throws IOException {
    try (var files = Files.walk(folder.resolve("cache"))) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.getParent().endsWith("locks"))
          .toList();
    }
  }
}
