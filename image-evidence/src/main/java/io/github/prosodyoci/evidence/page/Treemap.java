package io.github.prosodyoci.evidence.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Divides a rectangle among sizes, in pieces that are as square as possible: rows are filled with
 * the largest that is left, as long as that makes the worst of the row better (Bruls, Huizing and
 * van Wijk, "Squarified Treemaps", 2000).
 */
final class Treemap {

  /** A size and what it is of. */
  record Item<T>(T thing, double size) {}

  /** A piece of the rectangle. */
  record Tile<T>(T thing, double x, double y, double width, double height) {}

  private Treemap() {}

  /**
   * Returns the pieces, the largest first; what has no size gets none.
   *
   * @param width of the whole rectangle
   * @param height of the whole rectangle
   */
  static <T> List<Tile<T>> of(List<Item<T>> items, double width, double height) {
    List<Item<T>> sorted =
        items.stream()
            .filter(item -> item.size() > 0)
            .sorted(Comparator.comparingDouble((Item<T> item) -> item.size()).reversed())
            .toList();
    double total = sum(sorted);
    List<Item<T>> scaled =
        sorted.stream()
            .map(item -> new Item<>(item.thing(), item.size() * width * height / total))
            .toList();
    List<Tile<T>> tiles = new ArrayList<>();
    double x = 0;
    double y = 0;
    double w = width;
    double h = height;
    int next = 0;
    while (next < scaled.size()) {
      double side = Math.min(w, h);
      int end = next + 1;
      while (end < scaled.size()
          && worst(scaled.subList(next, end + 1), side) <= worst(scaled.subList(next, end), side)) {
        end++;
      }
      List<Item<T>> row = scaled.subList(next, end);
      double thickness = sum(row) / side;
      double along = 0;
      for (Item<T> item : row) {
        double length = item.size() / thickness;
        tiles.add(
            w >= h
                ? new Tile<>(item.thing(), x, y + along, thickness, length)
                : new Tile<>(item.thing(), x + along, y, length, thickness));
        along += length;
      }
      if (w >= h) {
        x += thickness;
        w -= thickness;
      } else {
        y += thickness;
        h -= thickness;
      }
      next = end;
    }
    return tiles;
  }

  private static <T> double sum(List<Item<T>> items) {
    return items.stream().mapToDouble(Item::size).sum();
  }

  /** Returns how far from a square the worst of a row is. */
  private static <T> double worst(List<Item<T>> row, double side) {
    double area = sum(row);
    double largest = row.get(0).size();
    double smallest = row.get(row.size() - 1).size();
    double square = side * side;
    return Math.max(square * largest / (area * area), area * area / (square * smallest));
  }
}
