package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.build.BuildGraph.Node;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToLongFunction;

/**
 * Works a graph off with several threads: what has the longest way to the end in front of it goes
 * first.
 */
final class Scheduler {

  /** The work for one node. */
  @FunctionalInterface
  interface Work {
    /**
     * Does it.
     *
     * @param done the results of all nodes that this one needs, directly or not
     * @param urgent whether the whole build waits for this node more than for any other
     */
    NodeResult apply(Node node, List<NodeResult> done, boolean urgent)
        throws IOException, InterruptedException;
  }

  private final BuildGraph graph;
  private final Map<Node, Set<Node>> closure = new HashMap<>();
  private final Map<Node, Long> wayToEnd = new HashMap<>();

  /**
   * Creates a scheduler.
   *
   * @param cost how long a node will about take, in any unit
   */
  Scheduler(BuildGraph graph, ToLongFunction<Node> cost) {
    this.graph = graph;
    List<Node> order = new ArrayList<>(graph.nodes().keySet());
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
      long way = wayToEnd.getOrDefault(node, 0L) + cost.applyAsLong(node);
      wayToEnd.put(node, way);
      for (Node needed : graph.needs(node)) {
        wayToEnd.merge(needed, way, Math::max);
      }
    }
  }

  /**
   * Does the work of all nodes.
   *
   * @param threads how many to work on at the same time
   * @param stop run at once when some work fails, to end the work that is still going on
   * @return the results in the order of the graph
   */
  Map<Node, NodeResult> run(int threads, Work work, Runnable stop)
      throws IOException, InterruptedException {
    Map<Node, NodeResult> done = new HashMap<>();
    PriorityQueue<Node> ready =
        new PriorityQueue<>(
            Comparator.comparing((Node node) -> -wayToEnd.getOrDefault(node, 0L))
                .thenComparing(Node::toString));
    Set<Node> waiting = new HashSet<>(graph.nodes().keySet());
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    CompletionService<NodeResult> completion = new ExecutorCompletionService<>(executor);
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
                  .filter(java.util.Objects::nonNull)
                  .toList();
          boolean urgent = isUrgent(node, done.keySet());
          completion.submit(() -> work.apply(node, before, urgent));
          running++;
        }
        Future<NodeResult> finished = completion.take();
        running--;
        NodeResult result = result(finished);
        done.put(result.node(), result);
      }
    } finally {
      if (done.size() < graph.nodes().size()) {
        stop.run();
      }
      executor.shutdownNow();
      executor.awaitTermination(10, java.util.concurrent.TimeUnit.SECONDS);
    }
    Map<Node, NodeResult> ordered = new LinkedHashMap<>();
    for (Node node : graph.nodes().keySet()) {
      NodeResult result = done.get(node);
      if (result != null) {
        ordered.put(node, result);
      }
    }
    return ordered;
  }

  private boolean isUrgent(Node node, Set<Node> done) {
    long way = wayToEnd.getOrDefault(node, 0L);
    return wayToEnd.entrySet().stream()
        .allMatch(other -> done.contains(other.getKey()) || other.getValue() <= way);
  }

  private static NodeResult result(Future<NodeResult> finished)
      throws IOException, InterruptedException {
    try {
      return finished.get();
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
}
