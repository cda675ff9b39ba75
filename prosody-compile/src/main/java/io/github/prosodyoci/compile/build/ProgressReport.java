package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.CompileListener;
import io.github.prosodyoci.compile.build.BuildGraph.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Tells which recipes are done, and every while what is going on. */
final class ProgressReport implements AutoCloseable {

  private static final long PAUSE_SECONDS = 15;

  private final CompileListener listener;
  private final int total;
  private final Map<String, Stage> running = new ConcurrentSkipListMap<>();
  private final ScheduledExecutorService clock;
  private int done;

  private record Stage(String name, long started) {}

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
    // Nobody waits for the heartbeat; its outcome is of no interest.
    var unused =
        clock.scheduleAtFixedRate(this::tell, PAUSE_SECONDS, PAUSE_SECONDS, TimeUnit.SECONDS);
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
            java.util.Locale.ROOT,
            "[%d/%d] %s-%s %s",
            done,
            total,
            result.node().recipe().name(),
            result.node().recipe().packageVersion(),
            result.node().platform().apkArchitecture());
    if (result.cached()) {
      listener.debug(line + " cached");
    } else {
      listener.info(line + " built in " + (stage == null ? 0 : seconds(stage)) + " s");
    }
  }

  private static long seconds(Stage stage) {
    return Math.round((System.nanoTime() - stage.started()) / 1e9);
  }

  private void tell() {
    List<String> stages = new ArrayList<>();
    running.forEach(
        (name, stage) -> stages.add(name + ": " + stage.name() + ", " + seconds(stage) + " s"));
    if (!stages.isEmpty()) {
      listener.info("... " + String.join("; ", stages));
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
