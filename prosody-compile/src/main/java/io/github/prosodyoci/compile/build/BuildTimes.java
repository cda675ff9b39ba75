package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.build.BuildGraph.Node;
import io.github.prosodyoci.core.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How long recipes took when they were last built on this machine. Nothing but the order of a build
 * and its estimates depend on it.
 */
final class BuildTimes {

  /** What a recipe's compressed sources are worth that was never built here, by experience. */
  private static final long BYTES_PER_MILLISECOND = 400;

  private static final long LONGEST = Duration.ofDays(1).toMillis();

  private final Path file;
  private final SortedMap<String, Long> milliseconds;

  /** The file's content. */
  record Stored(Map<String, Long> milliseconds) {}

  private BuildTimes(Path file, SortedMap<String, Long> milliseconds) {
    this.file = file;
    this.milliseconds = milliseconds;
  }

  /** Returns what a file says; nothing, if there is no such file, or it cannot be used. */
  static BuildTimes read(Path file) {
    SortedMap<String, Long> usable = new TreeMap<>();
    if (Files.exists(file)) {
      try {
        Map<String, Long> stored = Json.read(file, Stored.class).milliseconds();
        if (stored != null) {
          stored.forEach((node, time) -> put(usable, node, time));
        }
      } catch (IOException e) {
        usable.clear();
      }
    }
    return new BuildTimes(file, usable);
  }

  private static void put(Map<String, Long> times, String node, Long time) {
    if (time != null && time >= 0 && time <= LONGEST) {
      times.put(node, time);
    }
  }

  /**
   * Returns how many milliseconds a recipe will take.
   *
   * @param sourceBytes the size of its sources, by which one is estimated that was never built
   */
  synchronized long cost(Node node, long sourceBytes) {
    return milliseconds.getOrDefault(node.toString(), sourceBytes / BYTES_PER_MILLISECOND);
  }

  /** Remembers how long a recipe took, for the next build. */
  synchronized void built(Node node, Duration time) {
    put(milliseconds, node.toString(), time.toMillis());
  }

  /**
   * Writes the file.
   *
   * @throws IOException if it cannot be written
   */
  synchronized void write() throws IOException {
    Json.write(file, new Stored(milliseconds));
  }
}
