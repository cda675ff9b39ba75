package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.build.BuildGraph.Node;
import io.github.prosodyoci.compile.report.CompileListener;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Reports which recipes are done and, at intervals, which are in progress. */
final class ProgressReport implements AutoCloseable {

  private static final long INTERVAL_SECONDS = 15;

  private final CompileListener listener;
  private final int total;
  private final Map<String, Stage> running = new ConcurrentSkipListMap<>();
  private final ScheduledExecutorService clock;
  private int done;

  private record Stage(String name, long started) {
    long seconds() {
      return Math.round((System.nanoTime() - started) / 1e9);
    }
  }

  ProgressReport(CompileListener listener, int total) {
    this.listener = listener;
    this.total = total;
    this.clock =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "prosody-compile progress");
              thread.setDaemon(true);
              return thread;
            });
    // Nobody waits for it; its outcome is of no interest.
    var unused =
        clock.scheduleAtFixedRate(
            this::report, INTERVAL_SECONDS, INTERVAL_SECONDS, TimeUnit.SECONDS);
  }

  void stage(Node node, String stage) {
    running.compute(
        node.toString(),
        (name, before) -> new Stage(stage, before == null ? System.nanoTime() : before.started()));
  }

  synchronized void done(NodeResult result) {
    Stage stage = running.remove(result.node().toString());
    done++;
    String line =
        String.format(
            Locale.ROOT,
            "[%d/%d] %s-%s %s",
            done,
            total,
            result.node().recipe().name(),
            result.node().recipe().packageVersion(),
            result.node().platform().apkArchitecture());
    if (result.cached()) {
      listener.debug(line + " cached");
    } else {
      listener.info(line + " built in " + (stage == null ? 0 : stage.seconds()) + " s");
    }
  }

  private void report() {
    String stages =
        running.entrySet().stream()
            .map(
                each ->
                    each.getKey()
                        + ": "
                        + each.getValue().name()
                        + ", "
                        + each.getValue().seconds()
                        + " s")
            .collect(Collectors.joining("; "));
    if (!stages.isEmpty()) {
      listener.info("... " + stages);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
