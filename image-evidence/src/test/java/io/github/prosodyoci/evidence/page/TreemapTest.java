package io.github.prosodyoci.evidence.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.prosodyoci.evidence.page.Treemap.Item;
import io.github.prosodyoci.evidence.page.Treemap.Tile;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

final class TreemapTest {

  @Property(tries = 200)
  void of_anySizes_tilesFillTheRectangleInProportionAndDoNotOverlap(
      @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 1, max = 100_000) Integer> sizes) {
    List<Item<Integer>> items = new ArrayList<>();
    for (int i = 0; i < sizes.size(); i++) {
      items.add(new Item<>(i, sizes.get(i)));
    }
    double total = sizes.stream().mapToInt(each -> each).sum();

    List<Tile<Integer>> tiles = Treemap.of(items, 150, 100);

    assertThat(tiles).hasSameSizeAs(items);
    for (Tile<Integer> tile : tiles) {
      assertThat(tile.width() * tile.height())
          .isCloseTo(sizes.get(tile.thing()) * 15_000 / total, within(1e-3));
      assertThat(tile.x()).isBetween(-1e-6, 150 + 1e-6);
      assertThat(tile.x() + tile.width()).isLessThan(150 + 1e-6);
      assertThat(tile.y() + tile.height()).isLessThan(100 + 1e-6);
      for (Tile<Integer> other : tiles) {
        assertThat(tile == other || apart(tile, other)).isTrue();
      }
    }
  }

  private static boolean apart(Tile<Integer> a, Tile<Integer> b) {
    return a.x() + a.width() <= b.x() + 1e-6
        || b.x() + b.width() <= a.x() + 1e-6
        || a.y() + a.height() <= b.y() + 1e-6
        || b.y() + b.height() <= a.y() + 1e-6;
  }

  @Property(tries = 1)
  void of_nothing_hasNoTiles() {
    assertThat(Treemap.of(List.of(new Item<>("empty", 0)), 1, 1)).isEmpty();
  }
}
