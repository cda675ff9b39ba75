package io.github.prosodyoci.rootfs.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.rootfs.RootfsException;
import io.github.prosodyoci.rootfs.RootfsException.Code;
import io.github.prosodyoci.rootfs.apk.Dependency;
import io.github.prosodyoci.rootfs.apk.Dependency.Operator;
import io.github.prosodyoci.rootfs.apk.PackageInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What holds for every choice, whatever apk would choose. */
class ResolverPropertiesTest {

  /** Returns the choice in words, or why there is none. */
  private static String choice(List<Repository> repositories, List<Dependency> world) {
    try {
      return new Resolver(repositories).resolve(world).packages().toString();
    } catch (RootfsException e) {
      assertThat(e.code()).isEqualTo(Code.UNSATISFIABLE);
      return e.getMessage();
    }
  }

  private static List<Dependency> world(Random random) {
    return SmallWorlds.world(random).stream().map(Dependency::parse).toList();
  }

  /** Returns whether a package is what is asked for, by its own name or one that it provides. */
  private static boolean isMeant(PackageInfo info, Dependency demand) {
    return (info.name().equals(demand.name()) && demand.accepts(info.version()))
        || info.provides().stream()
            .anyMatch(
                offer -> offer.name().equals(demand.name()) && demand.accepts(offer.version()));
  }

  private static void assertMet(
      Collection<Dependency> demands, List<PackageInfo> chosen, String by) {
    for (Dependency demand : demands) {
      assertThat(chosen.stream().anyMatch(info -> isMeant(info, demand)))
          .as("%s: %s, of %s", by, demand, chosen)
          .isNotEqualTo(demand.conflict());
    }
  }

  @Property(tries = 1000)
  void resolve_choice_meetsAllDemandsAndNoConflict(@ForAll long seed) {
    Random random = new Random(seed);
    List<Repository> repositories = SmallWorlds.repositories(random);
    List<Dependency> world = world(random);
    Solution solution;
    try {
      solution = new Resolver(repositories).resolve(world);
    } catch (RootfsException e) {
      assertThat(e.code()).isEqualTo(Code.UNSATISFIABLE);
      return;
    }
    List<PackageInfo> chosen =
        solution.packages().stream().map(selected -> selected.entry().info()).toList();
    assertMet(world, chosen, "world");
    for (Selected selected : solution.packages()) {
      PackageInfo info = selected.entry().info();
      assertMet(info.depends(), chosen, info.nameVersion());
      assertThat(selected.why()).as(info.nameVersion()).isNotEmpty();
      if (!selected.follows().isEmpty()) {
        assertMet(info.installIf(), chosen, info.nameVersion());
      }
    }
    List<String> owned = new ArrayList<>();
    for (PackageInfo info : chosen) {
      owned.add(info.name());
      info.provides().stream()
          .filter(offer -> offer.operator() != Operator.ANY)
          .forEach(offer -> owned.add(offer.name()));
    }
    assertThat(owned).doesNotHaveDuplicates();
  }

  @Property(tries = 200)
  void resolve_worldInAnyOrder_choosesTheSame(@ForAll long seed) {
    Random random = new Random(seed);
    List<Repository> repositories = SmallWorlds.repositories(random);
    List<Dependency> world = world(random);
    List<Dependency> shuffled = new ArrayList<>(world);
    Collections.shuffle(shuffled, random);
    try {
      assertThat(new Resolver(repositories).resolve(shuffled))
          .isEqualTo(new Resolver(repositories).resolve(world));
    } catch (RootfsException e) {
      // Then with another core of the conflict, perhaps.
      assertThat(choice(repositories, world)).startsWith("Could not choose packages");
    }
  }

  @Property(tries = 200)
  void resolve_whatNobodyAsksFor_changesNothing(@ForAll long seed) {
    Random random = new Random(seed);
    List<Repository> repositories = SmallWorlds.repositories(random);
    List<Dependency> world = world(random);
    List<Repository> more = new ArrayList<>(repositories);
    more.add(repositories.get(0));
    more.add(
        SmallWorlds.repository(
            "", "z 9 |D:y !x |p:u=1", "y 1 |D:z>9", "x 2 |p:t |k:7", "t 1 |i:s=1 z"));
    assertThat(choice(more, world)).isEqualTo(choice(repositories, world));
  }
}
