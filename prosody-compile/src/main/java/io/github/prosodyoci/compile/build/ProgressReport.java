package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.build.BuildGraph.Node;
import io.github.prosodyoci.compile.report.CompileListener;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Reports which recipes are done and, at intervals, which are in progress and what time is left.
 */
final class ProgressReport implements AutoCloseable {

  private static final long INTERVAL_SECONDS = 15;

  private final CompileListener listener;
  private final int total;
  private final long started = System.nanoTime();
  private final RemainingTime remaining;
  private final Map<Node, Stage> running =
      new ConcurrentSkipListMap<>(Comparator.comparing(Node::toString));
  private final ScheduledExecutorService clock;
  private int done;

  private record Stage(String name, long started) {
    double seconds() {
      return since(started);
    }
  }

  /**
   * Creates a report.
   *
   * @param costs how many milliseconds each recipe is foreseen to take
   */
  ProgressReport(CompileListener listener, Map<Node, Long> costs) {
    this.listener = listener;
    this.total = costs.size();
    this.remaining = new RemainingTime(costs);
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
        node,
        (same, before) -> new Stage(stage, before == null ? System.nanoTime() : before.started()));
  }

  synchronized void done(NodeResult result) {
    Stage stage = running.remove(result.node());
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
      remaining.cached(result.node());
      listener.debug(line + " cached");
    } else {
      double seconds = stage == null ? 0 : stage.seconds();
      remaining.built(result.node(), seconds);
      listener.info(line + " built in " + Math.round(seconds) + " s");
    }
  }

  private synchronized void report() {
    Map<Node, Double> times = new HashMap<>();
    List<String> stages = new ArrayList<>();
    running.forEach(
        (node, stage) -> {
          times.put(node, stage.seconds());
          stages.add(node + ": " + stage.name() + ", " + Math.round(stage.seconds()) + " s");
        });
    if (!stages.isEmpty()) {
      OptionalLong left = remaining.seconds(since(started), times);
      listener.info(
          "... "
              + String.join("; ", stages)
              + (left.isPresent() ? " (about " + text(left.getAsLong()) + " left)" : ""));
    }
  }

  private static String text(long seconds) {
    return seconds < 90 ? seconds + " s" : Math.round(seconds / 60.0) + " min";
  }

  private static double since(long started) {
    return (System.nanoTime() - started) / 1e9;
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
