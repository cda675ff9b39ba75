package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.resolve.Selected;
import io.github.prosodyoci.packages.resolve.Solution;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Which layer each package goes to: the lowest one whose world needs it. */
final class LayerAssignment {

  private final Solution solution;
  private final Map<String, Integer> layers = new HashMap<>();

  private LayerAssignment(Solution solution) {
    this.solution = solution;
  }

  /** Returns the place of each package's layer in the list, by the package's name. */
  static Map<String, Integer> of(Solution solution, List<LayerSpec> specs) {
    LayerAssignment assignment = new LayerAssignment(solution);
    for (int layer = 0; layer < specs.size(); layer++) {
      for (Dependency entry : specs.get(layer).world()) {
        int at = layer;
        solution.roots(entry).forEach(name -> assignment.place(name, at));
      }
      assignment.placeFollowers(layer);
    }
    return assignment.layers;
  }

  private void place(String root, int layer) {
    Deque<String> open = new ArrayDeque<>(List.of(root));
    while (!open.isEmpty()) {
      String name = open.pop();
      if (layers.putIfAbsent(name, layer) == null) {
        solution.find(name).ifPresent(selected -> open.addAll(selected.needs()));
      }
    }
  }

  /** Places packages that nobody asked for, once all that they are installed with are there. */
  private void placeFollowers(int layer) {
    boolean more = true;
    while (more) {
      more = false;
      for (Selected selected : solution.packages()) {
        if (!layers.containsKey(selected.name())
            && !selected.follows().isEmpty()
            && layers.keySet().containsAll(selected.follows())) {
          place(selected.name(), layer);
          more = true;
        }
      }
    }
  }
}
