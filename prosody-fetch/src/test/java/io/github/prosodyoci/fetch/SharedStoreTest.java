package io.github.prosodyoci.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.fetch.store.ContentStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One store, several processes: real ones. */
@Tag("slow")
class SharedStoreTest {

  private static final int FILES = 6;
  private static final int SIZE = 1 << 19;

  @TempDir private Path folder;
  private Loopback server;

  @BeforeEach
  void start() throws IOException {
    server = new Loopback();
    for (int i = 0; i < FILES; i++) {
      byte[] content = content(i);
      server.on(
          "/" + i,
          exchange -> {
            exchange.sendResponseHeaders(200, content.length);
            for (int at = 0; at < content.length; at += 1 << 16) {
              exchange.getResponseBody().write(content, at, 1 << 16);
              sleep(5);
            }
          });
    }
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void fetch_fromFourProcesses_downloadsEachDigestOnce() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      processes.add(startFetching());
    }
    for (Process process : processes) {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    }

    for (int i = 0; i < FILES; i++) {
      assertThat(server.asked("/" + i)).isEqualTo(1);
    }
    assertStoreIsComplete();
  }

  @Test
  void fetch_afterKillsAtAnyInstant_succeeds() throws Exception {
    Random random = new Random(7);
    for (int kill = 0; kill < 5; kill++) {
      Process process = startFetching();
      // from the first requests on, somewhere in the midst of transfers
      while (process.isAlive() && IntStream.range(0, FILES).noneMatch(this::wasAskedAgain)) {
        sleep(2);
      }
      seen = asked();
      sleep(random.nextInt(40));
      process.destroyForcibly().waitFor();
      assertNothingHalfIsStored();
    }

    Process last = startFetching();
    assertThat(last.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(last.exitValue()).isZero();
    assertStoreIsComplete();
  }

  private int[] seen = new int[FILES];

  private boolean wasAskedAgain(int file) {
    return server.asked("/" + file) > seen[file];
  }

  private int[] asked() {
    return IntStream.range(0, FILES).map(i -> server.asked("/" + i)).toArray();
  }

  private void assertNothingHalfIsStored() throws IOException {
    Path store = folder.resolve("store/sha256");
    if (!Files.exists(store)) {
      return;
    }
    try (var files = Files.walk(store)) {
      for (Path file : files.filter(f -> f.getFileName().toString().length() == 64).toList()) {
        assertThat(Digest.of(file).hex()).isEqualTo(file.getFileName().toString());
      }
    }
  }

  private void assertStoreIsComplete() {
    for (int i = 0; i < FILES; i++) {
      assertThat(new ContentStore(folder).find(Digest.of(content(i)))).isPresent();
    }
  }

  private Process startFetching() throws IOException {
    return FetchingProcess.start(folder, server.uri("/"), FILES, SIZE);
  }

  private static byte[] content(int file) {
    return FetchingProcess.content(file, SIZE);
  }

  private static void sleep(int milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
