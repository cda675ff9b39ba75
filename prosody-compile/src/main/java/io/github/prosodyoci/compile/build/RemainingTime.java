package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.build.BuildGraph.Node;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Estimates how long the rest of a build takes. A recipe is expected to take as long as it took for
 * another platform, or else as long as was foreseen, corrected by what the others took.
 */
final class RemainingTime {

  /** How many seconds must have been spent before they count as much as what was foreseen. */
  private static final double EXPERIENCE = 60;

  private final Map<Node, Long> costs;
  private final Set<Node> open;
  private final Map<Node, Double> built = new HashMap<>();
  private final Map<String, Double> ofRecipe = new HashMap<>();

  /**
   * Creates an estimate for a build that has not begun.
   *
   * @param costs how many milliseconds each recipe is foreseen to take
   */
  RemainingTime(Map<Node, Long> costs) {
    this.costs = Map.copyOf(costs);
    this.open = new HashSet<>(costs.keySet());
  }

  /** Counts a recipe that was built. */
  void built(Node node, double seconds) {
    open.remove(node);
    built.put(node, seconds);
    ofRecipe.put(node.recipe().name(), seconds);
  }

  /** Counts a recipe whose packages were in the cache. */
  void cached(Node node) {
    open.remove(node);
  }

  /**
   * Returns how many seconds are left; empty before the first recipe was built.
   *
   * @param elapsed how many seconds the build has taken so far
   * @param running for how many seconds each recipe that is in progress has been
   */
  OptionalLong seconds(double elapsed, Map<Node, Double> running) {
    double spent = sum(built.values());
    double planned = built.keySet().stream().mapToDouble(this::foreseen).sum();
    if (spent == 0 || elapsed <= 0) {
      return OptionalLong.empty();
    }
    double slowness = (spent + EXPERIENCE) / (planned + EXPERIENCE);
    double left = 0;
    for (Node node : open) {
      double expected = ofRecipe.getOrDefault(node.recipe().name(), foreseen(node) * slowness);
      left += Math.max(0, expected - running.getOrDefault(node, 0.0));
    }
    // Recipes are built side by side.
    double pace = Math.max(1, (spent + sum(running.values())) / elapsed);
    return OptionalLong.of(Math.round(left / pace));
  }

  private double foreseen(Node node) {
    return costs.getOrDefault(node, 0L) / 1000.0;
  }

  private static double sum(Iterable<Double> values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }
}
