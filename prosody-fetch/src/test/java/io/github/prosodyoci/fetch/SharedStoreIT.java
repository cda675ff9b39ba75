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
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many processes with one store, and processes killed at any instant. */
class SharedStoreIT {

  private static final int FILES = 48;
  private static final int SIZE = 40_000;
  private static final int KILLS = 200;

  @TempDir private Path folder;
  private Loopback server;

  @BeforeEach
  void start() throws IOException {
    server = new Loopback();
    for (int i = 0; i < FILES; i++) {
      byte[] content = FetchingProcess.content(i, SIZE);
      server.on(
          "/" + i,
          exchange -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content, 0, SIZE / 2);
            exchange.getResponseBody().flush();
            sleep(3);
            exchange.getResponseBody().write(content, SIZE / 2, SIZE / 2);
          });
    }
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void fetch_fromEightProcessesOfEightThreads_downloadsEachDigestOnce() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      processes.add(startFetching());
    }
    for (Process process : processes) {
      assertSucceeds(process);
    }

    for (int i = 0; i < FILES; i++) {
      assertThat(server.asked("/" + i)).isEqualTo(1);
    }
    assertStoreIsWholeAndTidy();
  }

  @Test
  void fetch_afterTwoHundredKillsAtRandomInstants_givesTheSameDigests() throws Exception {
    Random random = new Random(46);
    int killed = 0;
    for (int round = 0; killed < KILLS; round++) {
      // Two at a time, so that locks are held by others when one dies.
      List<Process> processes = List.of(startFetching(), startFetching());
      int before = askedInAll();
      while (askedInAll() == before && processes.stream().anyMatch(Process::isAlive)) {
        sleep(1);
      }
      for (Process process : processes) {
        sleep(random.nextInt(60));
        killed += process.isAlive() ? 1 : 0;
        process.destroyForcibly();
      }
      for (Process process : processes) {
        process.waitFor();
      }
      assertNothingHalfIsStored();
      if (round % 3 == 2) {
        emptyStore();
      }
    }

    assertSucceeds(startFetching());
    assertStoreIsWholeAndTidy();
  }

  @Test
  void fetch_endedAtEachOperationOnTheDisk_succeedsTheNextTime() throws Exception {
    int last = 0;
    for (int operation = 1; ; operation++) {
      Process process = FetchingProcess.start(folder, server.uri("/"), 1, SIZE, operation);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertNothingHalfIsStored();
      if (process.exitValue() == 0) {
        last = operation;
        break;
      }
      assertThat(process.exitValue()).isEqualTo(9);
      // An operation that a later process need not do again would be passed over.
      emptyStore();
    }

    assertThat(last).as("folders, lock, file, its origin, renames").isGreaterThan(8);
    assertThat(parts()).isEmpty();
  }

  private void emptyStore() throws IOException {
    Path store = folder.resolve("store/sha256");
    if (Files.exists(store)) {
      try (Stream<Path> files = Files.walk(store)) {
        for (Path file : files.filter(f -> !f.toString().endsWith(".part")).toList()) {
          if (Files.isRegularFile(file)) {
            Files.delete(file);
          }
        }
      }
    }
  }

  private void assertNothingHalfIsStored() throws IOException {
    for (Path file : files()) {
      if (file.getFileName().toString().length() == 64) {
        assertThat(Digest.of(file).hex()).isEqualTo(file.getFileName().toString());
      }
    }
  }

  private List<Path> files() throws IOException {
    Path store = folder.resolve("store/sha256");
    if (!Files.exists(store)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(store)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private List<Path> parts() throws IOException {
    return files().stream().filter(file -> file.toString().endsWith(".part")).toList();
  }

  private void assertStoreIsWholeAndTidy() throws IOException {
    for (int i = 0; i < FILES; i++) {
      assertThat(new ContentStore(folder).find(Digest.of(FetchingProcess.content(i, SIZE))))
          .isPresent();
    }
    assertThat(parts()).isEmpty();
  }

  private static void assertSucceeds(Process process) throws InterruptedException {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  private int askedInAll() {
    int asked = 0;
    for (int i = 0; i < FILES; i++) {
      asked += server.asked("/" + i);
    }
    return asked;
  }

  private Process startFetching() throws IOException {
    return FetchingProcess.start(folder, server.uri("/"), FILES, SIZE);
  }

  private static void sleep(int milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
