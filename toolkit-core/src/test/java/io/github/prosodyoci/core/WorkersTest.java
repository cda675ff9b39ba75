package io.github.prosodyoci.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class WorkersTest {

  @Test
  void await_partThatThrows_throwsTheSame() {
    try (Workers workers = new Workers("test", 2)) {
      for (Throwable thrown :
          List.of(
              new IOException("a"),
              new InterruptedException("b"),
              new IllegalArgumentException("c"),
              new AssertionError("d"))) {
        Future<Void> part =
            workers.submit(
                () -> {
                  if (thrown instanceof Exception exception) {
                    throw exception;
                  }
                  throw (Error) thrown;
                });
        assertThatThrownBy(() -> Workers.await(part)).isSameAs(thrown);
      }
    }
  }

  @Test
  void result_interruptedThread_isAnInterruptThatKeepsTheStatus() {
    CountDownLatch never = new CountDownLatch(1);
    try (Workers workers = new Workers("test", 1)) {
      Future<Boolean> part = workers.submit(() -> never.await(1, TimeUnit.MINUTES));
      Thread.currentThread().interrupt();

      assertThatThrownBy(() -> Workers.result("verify", part))
          .isInstanceOf(InterruptedIOException.class)
          .hasMessage("interrupted while waiting to verify");
    }
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void close_interruptedThread_stillWaitsForThePartsToCleanUp() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    AtomicBoolean cleanedUp = new AtomicBoolean();
    Workers workers = new Workers("test", 1);
    workers.execute(
        () -> {
          started.countDown();
          try {
            Thread.sleep(60_000);
          } catch (InterruptedException e) {
            pause();
            cleanedUp.set(true);
          }
        });
    assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
    Thread.currentThread().interrupt();

    workers.close();

    assertThat(cleanedUp).isTrue();
    assertThat(Thread.interrupted()).isTrue();
  }

  private static void pause() {
    try {
      Thread.sleep(200);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted twice", e);
    }
  }
}
