package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.build.BuildGraph.Node;
import io.github.prosodyoci.core.Workers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutorCompletionService;
import java.util.function.ToLongFunction;

/**
 * Builds the nodes of a graph with several threads. Of the nodes whose needs are built, the one at
 * the start of the most expensive path through the rest of the graph goes first.
 */
final class Scheduler {

  /** The work for one node. */
  @FunctionalInterface
  interface Work {
    /**
     * Does it.
     *
     * @param done the results of all nodes that this one needs, directly or not
     * @param critical whether the most expensive path through the rest of the graph waits for it
     */
    NodeResult apply(Node node, List<NodeResult> done, boolean critical)
        throws IOException, InterruptedException;
  }

  private final BuildGraph graph;

  /** All nodes that a node needs, directly or not. */
  private final Map<Node, Set<Node>> closure = new HashMap<>();

  /** The cost of the most expensive path from a node to the end, its own included. */
  private final Map<Node, Long> pathCost = new HashMap<>();

  /**
   * Creates a scheduler.
   *
   * @param cost estimates how long a node takes, in any unit
   */
  Scheduler(BuildGraph graph, ToLongFunction<Node> cost) {
    this.graph = graph;
    List<Node> order = List.copyOf(graph.nodes().keySet());
    for (Node node : order) {
      Set<Node> all = new HashSet<>();
      for (Node needed : graph.needs(node)) {
        all.add(needed);
        all.addAll(closure.getOrDefault(needed, Set.of()));
      }
      closure.put(node, all);
    }
    for (int i = order.size() - 1; i >= 0; i--) {
      Node node = order.get(i);
      long path = pathCost(node) + cost.applyAsLong(node);
      pathCost.put(node, path);
      graph.needs(node).forEach(needed -> pathCost.merge(needed, path, Math::max));
    }
  }

  private long pathCost(Node node) {
    return pathCost.getOrDefault(node, 0L);
  }

  /**
   * Does the work of all nodes.
   *
   * @param threads how many nodes to work on at the same time
   * @param stop ends the work that is in progress; run as soon as some work fails
   * @return the results in the order of the graph
   * @throws IOException if work throws one; the first failure counts
   * @throws InterruptedException if this thread is interrupted, or work throws one
   */
  List<NodeResult> run(int threads, Work work, Runnable stop)
      throws IOException, InterruptedException {
    Map<Node, NodeResult> done = new HashMap<>();
    PriorityQueue<Node> ready =
        new PriorityQueue<>(
            Comparator.comparing((Node node) -> -pathCost(node)).thenComparing(Node::toString));
    Set<Node> waiting = new HashSet<>(graph.nodes().keySet());
    Workers workers = new Workers("prosody-compile", threads);
    CompletionService<NodeResult> completion = new ExecutorCompletionService<>(workers);
    try {
      int running = 0;
      while (done.size() < graph.nodes().size()) {
        for (Node node : List.copyOf(waiting)) {
          if (done.keySet().containsAll(graph.needs(node))) {
            waiting.remove(node);
            ready.add(node);
          }
        }
        while (running < threads && !ready.isEmpty()) {
          Node node = ready.remove();
          List<NodeResult> before =
              closure.getOrDefault(node, Set.of()).stream()
                  .map(done::get)
                  .filter(Objects::nonNull)
                  .toList();
          boolean critical = isCritical(node, waiting, done.keySet());
          completion.submit(() -> work.apply(node, before, critical));
          running++;
        }
        NodeResult result = Workers.await(completion.take());
        running--;
        done.put(result.node(), result);
      }
    } finally {
      if (done.size() < graph.nodes().size()) {
        stop.run();
      }
      workers.close();
    }
    List<NodeResult> ordered = new ArrayList<>(done.values());
    List<Node> order = List.copyOf(graph.nodes().keySet());
    ordered.sort(Comparator.comparing(result -> order.indexOf(result.node())));
    return ordered;
  }

  /**
   * Returns whether a node starts the most expensive path of all that is left, or whether the most
   * expensive path that cannot start yet needs it. Several nodes can be critical at the same time:
   * a path may wait for all of them.
   */
  private boolean isCritical(Node node, Set<Node> waiting, Set<Node> done) {
    long most =
        pathCost.keySet().stream()
            .filter(other -> !done.contains(other))
            .mapToLong(this::pathCost)
            .max()
            .orElse(0);
    return pathCost(node) >= most
        || waiting.stream()
            .max(Comparator.comparing(this::pathCost).thenComparing(Node::toString))
            .filter(blocked -> closure.getOrDefault(blocked, Set.of()).contains(node))
            .isPresent();
  }
}
