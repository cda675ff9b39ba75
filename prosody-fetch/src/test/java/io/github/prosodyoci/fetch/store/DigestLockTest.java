package io.github.prosodyoci.fetch.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigestLockTest {

  @TempDir private Path folder;

  @Test
  void acquire_heldForLong_saysSoOnceAndGoesOnAfterwards() throws Exception {
    Path file = folder.resolve("locks/a");
    AtomicInteger warned = new AtomicInteger();
    CountDownLatch waiting = new CountDownLatch(1);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<DigestLock> other;
      try (DigestLock held =
          DigestLock.acquire(file, Duration.ofMinutes(1), warned::incrementAndGet)) {
        assertThat(held.isHeld()).isTrue();
        other =
            threads.submit(
                () ->
                    DigestLock.acquire(
                        file,
                        Duration.ofMillis(20),
                        () -> {
                          warned.incrementAndGet();
                          waiting.countDown();
                        }));
        assertThat(waiting.await(20, TimeUnit.SECONDS)).isTrue();
        Thread.sleep(100);
        assertThat(other).isNotDone();
      }
      try (DigestLock acquired = other.get(20, TimeUnit.SECONDS)) {
        assertThat(acquired.isHeld()).isTrue();
      }
      assertThat(warned).hasValue(1);
    } finally {
      threads.shutdownNow();
    }
  }
}
