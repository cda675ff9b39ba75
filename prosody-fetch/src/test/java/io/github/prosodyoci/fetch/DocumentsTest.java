package io.github.prosodyoci.fetch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.fetch.debian.DebianMirrors;
import io.github.prosodyoci.fetch.unpinned.DebianArchive;
import io.github.prosodyoci.fetch.unpinned.Documents;
import io.github.prosodyoci.fetch.unpinned.Documents.Acceptance;
import io.github.prosodyoci.fetch.unpinned.Documents.Document;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentsTest {

  private static final FetchSettings QUICK =
      FetchSettings.STANDARD.withRetries(1, Duration.ofMillis(1));
  private static final Acceptance ONLY_GOOD =
      bytes ->
          new String(bytes, UTF_8).startsWith("good")
              ? Optional.empty()
              : Optional.of("the signature is bad");

  @TempDir private Path cache;
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
  void fetch_firstMirrorIsDown_nextAnswers() {
    server.status("/down", 500).file("/up", "good".getBytes(UTF_8));

    Document document = fetch(QUICK, "/down", "/up");

    assertThat(document.bytes()).asString(UTF_8).isEqualTo("good");
    assertThat(document.address()).endsWith("/up");
    assertThat(document.remembered()).isFalse();
  }

  @Test
  void fetch_badSignatureOnFirstMirror_isSkippedWithWarning() {
    server.file("/evil", "evil".getBytes(UTF_8)).file("/good", "good".getBytes(UTF_8));

    assertThat(fetch(QUICK, "/evil", "/good").address()).endsWith("/good");
    assertThat(heard.warnings)
        .containsExactly(
            "debian/trixie/InRelease from "
                + server.uri("/evil")
                + " was skipped: the signature is bad");
  }

  @Test
  void fetch_networkGone_usesLastCopyWithWarning() {
    server.file("/a", "good 1".getBytes(UTF_8));
    fetch(QUICK, "/a");
    server.close();

    Document document = fetch(QUICK, "/a");

    assertThat(document.bytes()).asString(UTF_8).isEqualTo("good 1");
    assertThat(document.remembered()).isTrue();
    assertThat(heard.warnings)
        .singleElement()
        .asString()
        .startsWith("Using the kept copy of debian/trixie/InRelease: ");
  }

  @Test
  void fetch_refusedDocument_neverReplacesTheLastGoodCopy() {
    server.file("/good", "good".getBytes(UTF_8)).file("/evil", "evil".getBytes(UTF_8));
    fetch(QUICK, "/good");

    assertThat(fetch(QUICK, "/evil").bytes()).asString(UTF_8).isEqualTo("good");
  }

  @Test
  void fetch_offlineCold_isRefusedAndWarm_isTheLastCopy() {
    server.file("/a", "good".getBytes(UTF_8));
    FetchSettings offline = QUICK.withOffline(true);

    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> fetch(offline, "/a"))
        .withMessageContaining("the build is offline; no copy is kept from last time")
        .withMessageEndingWith("(offline). Run once without -o.");
    assertThat(server.asked("/a")).isZero();
    fetch(QUICK, "/a");
    assertThat(fetch(offline, "/a").remembered()).isTrue();
    assertThat(heard.warnings).isEmpty();
  }

  @Test
  void fetch_largerThanAllowed_isRefused() {
    server.file("/a", "good but long".getBytes(UTF_8));

    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> documents(QUICK).fetch("x", List.of(server.uri("/a")), 4, Acceptance.ANY))
        .withMessageContaining("larger than 4 bytes");
  }

  @Test
  void fetch_nameThatLeadsElsewhere_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> documents(QUICK).fetch("../x", List.of(), 4, Acceptance.ANY));
  }

  @Test
  void debianArchive_index_isAskedByHashFirst() {
    byte[] index = "Package: lua5.4\n".getBytes(UTF_8);
    Digest digest = Digest.of(index);
    String folder = "/debian/dists/trixie/";
    server
        .file(folder + "InRelease", "good".getBytes(UTF_8))
        .file(folder + "main/source/by-hash/SHA256/" + digest.hex(), index);

    assertThat(archive().inRelease("trixie", ONLY_GOOD).bytes()).asString(UTF_8).isEqualTo("good");
    assertThat(archive().index("trixie", "main/source/Sources.xz", digest).path())
        .hasBinaryContent(index);
  }

  @Test
  void debianArchive_mirrorWithoutByHash_isAskedByName() {
    byte[] index = "Package: lua5.4\n".getBytes(UTF_8);
    server.file("/debian/dists/trixie/main/source/Sources.xz", index);

    assertThat(archive().index("trixie", "main/source/Sources.xz", Digest.of(index)).path())
        .hasBinaryContent(index);
  }

  private DebianArchive archive() {
    DebianMirrors mirrors = new DebianMirrors(List.of(server.uri("/debian")), List.of());
    return new DebianArchive(cache, QUICK.withMirrors(mirrors), heard);
  }

  private Document fetch(FetchSettings settings, String... paths) {
    List<URI> addresses = List.of(paths).stream().map(server::uri).toList();
    return documents(settings).fetch("debian/trixie/InRelease", addresses, 1000, ONLY_GOOD);
  }

  private Documents documents(FetchSettings settings) {
    return new Documents(cache, settings, heard);
  }
}
