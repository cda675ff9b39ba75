package io.github.prosodyoci.it.container;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a container writes to its standard output and error, line by line as it comes. */
public final class ContainerLog {

  private final List<String> lines = new ArrayList<>();
  private boolean ended;

  ContainerLog(InputStream in) {
    Thread reader = new Thread(() -> read(in), "container log");
    reader.setDaemon(true);
    reader.start();
  }

  /** Returns the lines so far. */
  public synchronized List<String> lines() {
    return List.copyOf(lines);
  }

  /** Returns the lines so far, as one text. */
  public String text() {
    return String.join("\n", lines());
  }

  /**
   * Waits for a line that contains a text, and returns it.
   *
   * @throws AssertionError with the whole log if it does not come in time
   */
  public synchronized String await(String part, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    while (true) {
      Optional<String> found = lines.stream().filter(line -> line.contains(part)).findFirst();
      if (found.isPresent()) {
        return found.get();
      }
      long left = (end - System.nanoTime()) / 1_000_000;
      if (left <= 0 || ended) {
        throw new AssertionError(
            "No line with \""
                + part
                + "\" within "
                + limit
                + " in the container's log:\n"
                + text());
      }
      pause(left);
    }
  }

  /** Waits until nothing more can come; programs that outlive the container's first one count. */
  synchronized void awaitEnd(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    while (!ended && System.nanoTime() < end) {
      pause(Math.max(1, (end - System.nanoTime()) / 1_000_000));
    }
  }

  private void pause(long millis) {
    try {
      wait(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while reading the log", e);
    }
  }

  private void read(InputStream in) {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        add(line);
      }
    } catch (IOException e) {
      add("(the log broke off: " + e.getMessage() + ")");
    }
    synchronized (this) {
      ended = true;
      notifyAll();
    }
  }

  private synchronized void add(String line) {
    lines.add(line);
    notifyAll();
  }
}
