package io.github.prosodyoci.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockFileTest {

  @TempDir private Path folder;

  @Test
  void acquire_heldForLong_saysSoOnceAndGoesOnAfterwards() throws Exception {
    Path file = folder.resolve("locks/a");
    AtomicInteger told = new AtomicInteger();
    CountDownLatch waiting = new CountDownLatch(1);
    try (Workers workers = new Workers("test", 1)) {
      Future<LockFile> other;
      try (LockFile held = LockFile.acquire(file, Duration.ofMinutes(1), told::incrementAndGet)) {
        assertThat(held.isHeld()).isTrue();
        other =
            workers.submit(
                () ->
                    LockFile.acquire(
                        file,
                        Duration.ofMillis(20),
                        () -> {
                          told.incrementAndGet();
                          waiting.countDown();
                        }));
        assertThat(waiting.await(20, TimeUnit.SECONDS)).isTrue();
        Thread.sleep(100);
        assertThat(other).isNotDone();
      }
      try (LockFile acquired = other.get(20, TimeUnit.SECONDS)) {
        assertThat(acquired.isHeld()).isTrue();
      }
      assertThat(told).hasValue(1);
    }
  }

  @Test
  void beside_folder_locksAFileNextToIt() throws Exception {
    try (LockFile lock = LockFile.beside(folder.resolve("build"), () -> {})) {
      assertThat(lock.isHeld()).isTrue();
      assertThat(folder).isDirectoryContaining("glob:**/build.lock");
    }
  }

  @Test
  void beside_interruptedWhileItWaits_throws() throws Exception {
    Path place = folder.resolve("build");
    try (LockFile held = LockFile.beside(place, () -> {})) {
      assertThat(held.isHeld()).isTrue();
      assertThatExceptionOfType(InterruptedException.class)
          .isThrownBy(() -> LockFile.beside(place, Thread.currentThread()::interrupt));
    }
    LockFile.beside(place, () -> {}).close();
  }
}
