package io.github.prosodyoci.packages.resolve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.packages.PackageCode;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.index.IndexEntry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Indexes that are made to take long. */
@Tag("slow")
@Timeout(120)
class ResolverLimitsTest {

  private static Solution resolve(List<IndexEntry> entries, String world) {
    return new Resolver(List.of(new Repository("r", "", entries)))
        .resolve(Dependency.parseAll(world));
  }

  @Test
  void resolve_pigeonsInTooFewHoles_givesUp() {
    // Each of 13 pigeons sits in one of 12 holes, alone.
    int holes = 12;
    List<IndexEntry> entries = new ArrayList<>();
    StringBuilder world = new StringBuilder();
    for (int pigeon = 0; pigeon <= holes; pigeon++) {
      world.append("pigeon").append(pigeon).append(' ');
      for (int hole = 0; hole < holes; hole++) {
        entries.add(
            SmallWorlds.entry("pigeon" + pigeon + " " + (hole + 1) + " |p:hole" + hole + "=1"));
      }
    }
    assertThatThrownBy(() -> resolve(entries, world.toString()))
        .isInstanceOfSatisfying(
            FailureException.class, e -> assertThat(e.failureCode()).isEqualTo(PackageCode.LIMIT))
        .hasMessageContaining("gave up after 20000 conflicts");
  }

  @Test
  void resolve_manyDependenciesOnManyPackages_givesUp() {
    List<IndexEntry> entries = new ArrayList<>();
    StringBuilder demands = new StringBuilder("a 1 |D:");
    for (int i = 1; i <= 6000; i++) {
      entries.add(SmallWorlds.entry("v" + " " + i));
      demands.append(i == 1 ? "" : " ").append("v>0.").append(i);
    }
    entries.add(SmallWorlds.entry(demands.toString()));
    assertThatThrownBy(() -> resolve(entries, "a"))
        .isInstanceOfSatisfying(
            FailureException.class, e -> assertThat(e.failureCode()).isEqualTo(PackageCode.LIMIT))
        .hasMessageContaining("gave up after 20000000 comparisons");
  }

  @Test
  void resolve_longChain_needsNoDeepStack() {
    List<IndexEntry> entries = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      entries.add(SmallWorlds.entry("p" + i + " 1 |D:p" + (i + 1)));
    }
    entries.add(SmallWorlds.entry("p20000 1"));
    assertThat(resolve(entries, "p0").packages()).hasSize(20_001);
  }
}
