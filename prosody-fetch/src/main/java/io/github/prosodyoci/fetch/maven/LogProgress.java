package io.github.prosodyoci.fetch.maven;

import io.github.prosodyoci.fetch.FetchReport;
import io.github.prosodyoci.fetch.FetchedSource;
import io.github.prosodyoci.fetch.Progress;
import io.github.prosodyoci.recipe.Source;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.maven.plugin.logging.Log;

/** A line for each file that came, and every few seconds one on those that still come. */
public final class LogProgress implements Progress, AutoCloseable {

  private record Running(long received, long expected) {}

  private final Log log;
  private final Map<Source, Running> running = new ConcurrentHashMap<>();
  private final AtomicInteger fetchedFiles = new AtomicInteger();
  private final AtomicLong fetchedBytes = new AtomicLong();
  private final Thread ticker;

  LogProgress(Log log, boolean interactive) {
    this.log = log;
    this.ticker = new Thread(() -> tick(interactive ? 3_000 : 20_000), "prosody-fetch-progress");
    ticker.setDaemon(true);
    ticker.start();
  }

  private void tick(long pause) {
    try {
      while (true) {
        Thread.sleep(pause);
        running.forEach(
            (source, state) ->
                log.info(
                    "Fetching "
                        + source.file()
                        + ": "
                        + size(state.received())
                        + (state.expected() < 0 ? "" : " of " + size(state.expected()))));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void started(Source source) {
    log.debug("Fetching " + source.file() + " (" + source.sha256() + ")");
    running.put(source, new Running(0, -1));
  }

  @Override
  public void received(Source source, long received, long expected) {
    running.put(source, new Running(received, expected));
  }

  @Override
  public void fetched(FetchedSource fetched) {
    running.remove(fetched.source());
    fetchedFiles.incrementAndGet();
    fetchedBytes.addAndGet(fetched.size());
    log.info(
        "Fetched "
            + fetched.source().file()
            + ", "
            + size(fetched.size())
            + ", from "
            + fetched.origin());
  }

  @Override
  public void failed(Source source) {
    running.remove(source);
  }

  @Override
  public void warning(String message) {
    log.warn(message);
  }

  /** Returns the one line that says what was done. */
  public String summary(FetchReport report) {
    long bytes = report.sources().stream().mapToLong(FetchReport.Entry::size).sum();
    return "Source files in the store: "
        + report.sources().size()
        + " ("
        + size(bytes)
        + "), of which fetched now: "
        + fetchedFiles.get()
        + " ("
        + size(fetchedBytes.get())
        + ")";
  }

  private static String size(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    return bytes < 1_000_000
        ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  @Override
  public void close() {
    ticker.interrupt();
  }
}
