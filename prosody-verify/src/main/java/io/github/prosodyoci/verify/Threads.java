package io.github.prosodyoci.verify;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Threads for work of which some waits for the network; closed when the work is done. */
public final class Threads implements AutoCloseable {

  // More than there are processors, since some wait for the network.
  private final ExecutorService executor =
      Executors.newFixedThreadPool(
          2 + Runtime.getRuntime().availableProcessors(),
          task -> {
            Thread thread = new Thread(task, "prosody-verify");
            thread.setDaemon(true);
            return thread;
          });

  /** Starts some work that nobody waits for here. */
  void start(Runnable work) {
    executor.execute(work);
  }

  /** Starts some work. */
  public <T> Future<T> submit(Callable<T> work) {
    return executor.submit(work);
  }

  /**
   * Returns what some work came to, or throws what it threw.
   *
   * @throws IOException if the work threw one, or the calling thread is interrupted
   */
  public static <T> T result(Future<T> future) throws IOException {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while verifying", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof RuntimeException known) {
        throw known;
      }
      if (cause instanceof IOException known) {
        throw known;
      }
      throw new IllegalStateException(cause);
    }
  }

  /** Waits until what still runs has put away its temporary files. */
  @Override
  public void close() {
    executor.shutdownNow();
    try {
      if (!executor.awaitTermination(5, TimeUnit.SECONDS)) {
        return; // they are daemons
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
