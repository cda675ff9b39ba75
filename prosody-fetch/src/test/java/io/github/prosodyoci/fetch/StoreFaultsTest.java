package io.github.prosodyoci.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.fetch.FaultyFileSystem.Fault;
import io.github.prosodyoci.fetch.FaultyFileSystem.Operation;
import io.github.prosodyoci.fetch.store.ContentStore;
import io.github.prosodyoci.fetch.unpinned.Documents;
import io.github.prosodyoci.recipe.Source;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Disks that are full, read-only or broken. */
class StoreFaultsTest {

  private static final byte[] CONTENT = content();
  private static final FetchSettings QUICK = FetchSettings.STANDARD.withRetries(1, Duration.ZERO);

  @TempDir private Path folder;
  private final Heard heard = new Heard();
  private Loopback server;

  private static byte[] content() {
    byte[] content = new byte[300_000];
    new Random(48).nextBytes(content);
    return content;
  }

  @BeforeEach
  void start() throws IOException {
    server = new Loopback().file("/a", CONTENT).file("/b", CONTENT);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "WRITE, No space left on device",
    "WRITE, Disk quota exceeded",
    "WRITE, Input/output error",
    "FORCE, No space left on device",
    "FORCE, Input/output error",
    "RENAME, No space left on device",
    "RENAME, Read-only file system",
    "SET_ATTRIBUTES, Read-only file system",
    "OPEN_TO_WRITE, Read-only file system",
    "OPEN_TO_WRITE, Too many open files",
    "MAKE_FOLDER, Read-only file system",
    "MAKE_FOLDER, No space left on device",
  })
  void fetch_diskFails_isRefusedAtOnceAndLeavesTheStoreGood(Operation operation, String reason)
      throws Exception {
    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> fetch(failing(operation, reason)))
        .withMessageStartingWith("Could not write " + folder)
        .withMessageContaining(reason + " (store-unwritable). Free some space")
        .satisfies(e -> assertThat(e.failure().code()).isEqualTo(FetchCode.STORE_UNWRITABLE));

    assertThat(server.asked("/b")).as("another origin would not help").isZero();
    assertThat(partialFiles()).isEmpty();
    assertThat(new ContentStore(folder).find(Digest.of(CONTENT))).isEmpty();
    assertThat(fetch(folder).path()).hasBinaryContent(CONTENT);
  }

  /** Fails for the file itself, not for its lock, so that as much as may be has happened. */
  private Path failing(Operation operation, String reason) {
    Fault fault =
        (struck, path) -> {
          if (struck == operation && !path.toString().contains("locks")) {
            throw new FileSystemException(path.toString(), null, reason);
          }
        };
    return FaultyFileSystem.at(folder, fault);
  }

  @Test
  void fetch_diskFillsUpHalfWay_leavesNothing() throws Exception {
    int[] writes = {0};
    Path cache =
        FaultyFileSystem.at(
            folder,
            (operation, path) -> {
              if (operation == Operation.WRITE && ++writes[0] > 3) {
                throw new IOException("No space left on device");
              }
            });

    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> fetch(cache))
        .withMessageContaining("No space left on device (store-unwritable)");
    assertThat(partialFiles()).isEmpty();
  }

  @Test
  void fetch_warmReadOnlyCache_isEnough() {
    FetchedSource first = fetch(folder);

    assertThat(fetch(readOnly()).size()).isEqualTo(first.size());
    assertThat(server.asked("/a")).isEqualTo(1);
  }

  @Test
  void fetch_damagedFileInReadOnlyCache_isNeverUsed() throws Exception {
    Path path = fetch(folder).path();
    Files.delete(path);
    Files.write(path, new byte[] {1});

    assertThatExceptionOfType(FailureException.class)
        .isThrownBy(() -> fetch(readOnly()))
        .withMessageContaining("moving it failed: Read-only file system (store-damaged)")
        .satisfies(e -> assertThat(e.failure().code()).isEqualTo(FetchCode.STORE_DAMAGED));
  }

  private Path readOnly() {
    return FaultyFileSystem.at(
        folder,
        (operation, path) -> {
          if (operation != Operation.READ && operation != Operation.OPEN_TO_READ) {
            throw new FileSystemException(path.toString(), null, "Read-only file system");
          }
        });
  }

  @Test
  void document_cacheCannotBeWritten_isUsedWithWarning() {
    Documents.Document document =
        new Documents(readOnly(), QUICK, heard)
            .fetch("x", List.of(server.uri("/a")), 1 << 20, Documents.Acceptance.ANY);

    assertThat(document.bytes()).isEqualTo(CONTENT);
    assertThat(heard.warnings)
        .singleElement()
        .asString()
        .startsWith("x could not be kept for builds without a network: ");
  }

  @ParameterizedTest
  @EnumSource(names = {"OPEN_TO_READ", "READ"})
  void fetch_storedFileCannotBeRead_isSetAsideAndFetchedAgain(Operation operation) {
    Path stored = fetch(folder).path();
    Path cache =
        FaultyFileSystem.at(
            folder,
            (struck, path) -> {
              if (struck == operation && path.equals(stored) && server.asked("/a") == 1) {
                throw new FileSystemException(path.toString(), null, "Permission denied");
              }
            });

    assertThat(fetch(cache).size()).isEqualTo(CONTENT.length);
    assertThat(server.asked("/a")).isEqualTo(2);
    assertThat(heard.warnings)
        .singleElement()
        .asString()
        .contains("is damaged: it cannot be read (Permission denied). It was moved to ");
  }

  @Test
  void fetch_fifoInPlaceOfAFile_doesNotHang() throws Exception {
    Path stored = fetch(folder).path();
    Files.delete(stored);
    Process mkfifo = new ProcessBuilder("mkfifo", stored.toString()).inheritIO().start();
    assertThat(mkfifo.waitFor()).isZero();

    assertThat(fetch(folder).path()).hasBinaryContent(CONTENT);
    assertThat(heard.warnings).singleElement().asString().contains("it is not a regular file");
  }

  private FetchedSource fetch(Path cache) {
    return new Fetcher(cache, QUICK, heard)
        .fetch(
            FetchRequest.required(
                List.of(
                    new Source(
                        "a.tar",
                        Digest.of(CONTENT),
                        List.of(server.origin("/a"), server.origin("/b"))))))
        .fetched()
        .get(0);
  }

  private List<Path> partialFiles() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".part")).toList();
    }
  }
}
