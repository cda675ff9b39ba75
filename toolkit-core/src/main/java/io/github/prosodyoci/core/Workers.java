package io.github.prosodyoci.core;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** A fixed number of daemon threads for the parts of one task; closed when the task ends. */
public final class Workers implements Executor, AutoCloseable {

  private static final long END_SECONDS = 10;

  private final ExecutorService executor;

  /**
   * Creates the threads, each when it is first needed.
   *
   * @param name the name of the threads
   * @param threads how many parts run at the same time, at most; positive
   */
  public Workers(String name, int threads) {
    this.executor =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public void execute(Runnable part) {
    executor.execute(part);
  }

  /** Starts a part, or lets it wait for a thread. */
  public <T> Future<T> submit(Callable<T> part) {
    return executor.submit(part);
  }

  /**
   * Waits for a part and returns its result.
   *
   * @throws IOException if the part threw one
   * @throws InterruptedException if this thread is interrupted, or the part threw one
   * @throws RuntimeException if the part threw one
   */
  public static <T> T await(Future<T> part) throws IOException, InterruptedException {
    try {
      return part.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof IOException io) {
        throw io;
      } else if (cause instanceof InterruptedException interrupted) {
        throw interrupted;
      } else if (cause instanceof RuntimeException runtime) {
        throw runtime;
      } else if (cause instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(e);
    }
  }

  /**
   * Waits for a part and returns its result.
   *
   * @param task what the part belongs to, such as {@code verify}
   * @throws InterruptedIOException if this thread is interrupted, or the part was; the thread's
   *     interrupt status is set again
   * @throws IOException if the part threw one
   * @throws RuntimeException if the part threw one
   */
  public static <T> T result(String task, Future<T> part) throws IOException {
    try {
      return await(part);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException failure =
          new InterruptedIOException("interrupted while waiting to " + task);
      failure.initCause(e);
      throw failure;
    }
  }

  /**
   * Interrupts the parts that still run and waits, at most ten seconds and even if this thread is
   * interrupted, until they have removed their temporary files.
   */
  @Override
  public void close() {
    executor.shutdownNow();
    boolean interrupted = Thread.interrupted();
    try {
      executor.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
