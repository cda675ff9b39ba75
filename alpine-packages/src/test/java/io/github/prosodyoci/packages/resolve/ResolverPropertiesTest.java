package io.github.prosodyoci.packages.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.packages.PackageCode;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.Dependency.Operator;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.index.IndexEntry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.statistics.Statistics;

/** What holds for every choice, whatever apk would choose. */
@Tag("slow")
class ResolverPropertiesTest {

  private static final String FAILED = "Could not choose packages for the world: ";

  /** Returns the choice in words, or why there is none. */
  private static String choice(List<Repository> repositories, List<Dependency> world) {
    try {
      return new Resolver(repositories).resolve(world).packages().toString();
    } catch (FailureException e) {
      assertThat(e.failureCode()).isEqualTo(PackageCode.UNSATISFIABLE);
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

  private static void assertSolves(Solution solution, List<Dependency> world) {
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
    List<String> shared = new ArrayList<>();
    for (PackageInfo info : chosen) {
      owned.add(info.name());
      info.provides()
          .forEach(offer -> (offer.operator() == Operator.ANY ? shared : owned).add(offer.name()));
    }
    assertThat(owned).doesNotHaveDuplicates();
    assertThat(Collections.disjoint(owned, shared))
        .as("owned %s, shared %s", owned, shared)
        .isTrue();
  }

  @Property(tries = 1000)
  void resolve_choice_meetsAllDemandsAndNoConflict(@ForAll long seed) {
    Random random = new Random(seed);
    List<Repository> repositories = SmallWorlds.repositories(random);
    List<Dependency> world = world(random);
    Optional<Solution> solution = solve(repositories, world);
    solution.ifPresent(found -> assertSolves(found, world));
    collect(solution.isPresent());
  }

  /** As above, with the rules of apk 3 and packages that come where another is absent. */
  @Property(tries = 1000)
  void resolve_byRulesOfApk3_meetsAllDemandsAndNoConflict(@ForAll long seed) {
    Random random = new Random(seed);
    List<Repository> repositories = new ArrayList<>();
    for (Repository each : SmallWorlds.repositories(random)) {
      List<IndexEntry> entries = new ArrayList<>(each.entries());
      for (char name = 'a'; name < 'i'; name++) {
        String absent = " !" + (char) ('a' + random.nextInt(8));
        entries.add(
            SmallWorlds.entry(
                "n" + name + " 1 |i:" + name + absent + (name < 'c' ? " |p:v" : "") + " |D:!b>2"));
      }
      repositories.add(
          new Repository(each.location(), "", entries, ApkRules.apk3(Platform.LINUX_AMD64)));
    }
    List<Dependency> world = world(random).stream().filter(entry -> entry.tag().isEmpty()).toList();
    Optional<Solution> solution = solve(repositories, world);
    solution.ifPresent(found -> assertSolves(found, world));
    Statistics.label("absence")
        .collect(
            solution.stream()
                .flatMap(found -> found.packages().stream())
                .anyMatch(each -> each.name().startsWith("n")))
        .coverage(coverage -> coverage.check(true).percentage(share -> share > 10));
  }

  private static Optional<Solution> solve(List<Repository> repositories, List<Dependency> world) {
    try {
      return Optional.of(new Resolver(repositories).resolve(world));
    } catch (FailureException e) {
      assertThat(e.failureCode()).isEqualTo(PackageCode.UNSATISFIABLE);
      return Optional.empty();
    }
  }

  /**
   * A root is planted among packages at random: packages that need only one another, by names with
   * and without versions. The world asks for some of them, so that there is a solution.
   */
  @Property(tries = 500)
  void resolve_plantedSolution_isNeverRefused(@ForAll long seed) {
    Random random = new Random(seed);
    List<Repository> repositories = new ArrayList<>(SmallWorlds.repositories(random));
    int count = 2 + random.nextInt(6);
    List<String> planted = new ArrayList<>();
    List<String> world = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String needs =
          i == 0
              ? ""
              : " |D:!a>9 "
                  + List.of("p" + random.nextInt(i), "s" + random.nextInt(i) + "=2", "s0~2")
                      .get(random.nextInt(3));
      planted.add("p" + i + " 2" + needs + " |p:s" + i + "=2 t");
      // A newer version that needs what is not there, or collides.
      if (random.nextBoolean()) {
        planted.add(
            "p" + i + " 3 |D:" + (random.nextBoolean() ? "none" : "!p" + random.nextInt(count)));
      }
      if (i == count - 1 || random.nextInt(3) == 0) {
        world.add("p" + i + (random.nextBoolean() ? "" : "=2"));
      }
    }
    repositories.add(SmallWorlds.repository("", planted.toArray(String[]::new)));
    List<Dependency> entries = world.stream().map(Dependency::parse).toList();
    assertSolves(new Resolver(repositories).resolve(entries), entries);
  }

  /** What the message names collides, and would not if any entry were left out. */
  @Property(tries = 500)
  void resolve_impossibleWorld_namesASmallestCollidingPart(@ForAll long seed) {
    Random random = new Random(seed);
    List<Repository> repositories =
        SmallWorlds.repositories(random).stream()
            .map(each -> new Repository(each.location(), "", each.entries()))
            .toList();
    List<Dependency> world =
        Stream.generate(() -> world(random))
            .limit(3)
            .flatMap(List::stream)
            .map(
                entry ->
                    new Dependency(
                        entry.conflict(), entry.name(), "", entry.operator(), entry.version()))
            .distinct()
            .toList();
    String message = choice(repositories, world);
    boolean impossible = message.startsWith(FAILED);
    Statistics.label("impossible")
        .collect(impossible)
        .coverage(coverage -> coverage.check(true).percentage(share -> share > 25));
    if (!impossible) {
      return;
    }
    List<Dependency> core =
        Dependency.parseAll(
            message.substring(FAILED.length(), message.indexOf(" cannot be installed")));
    assertThat(world).containsAll(core);
    assertThat(solve(repositories, core)).as("all of %s", core).isEmpty();
    for (Dependency entry : core) {
      List<Dependency> less = new ArrayList<>(core);
      less.remove(entry);
      assertThat(solve(repositories, less)).as("%s without %s", core, entry).isPresent();
    }
  }

  @Property(tries = 200)
  void resolve_worldInAnyOrder_choosesTheSame(@ForAll long seed) {
    Random random = new Random(seed);
    List<Repository> repositories = SmallWorlds.repositories(random);
    List<Dependency> world = world(random);
    List<Dependency> shuffled = new ArrayList<>(world);
    Collections.shuffle(shuffled, random);
    Optional<Solution> solution = solve(repositories, world);
    // An impossible world may have several smallest cores, so that only the fact is the same.
    assertThat(solve(repositories, shuffled)).isEqualTo(solution);
    collect(solution.isPresent());
  }

  /** A resolver that refuses whatever it is asked must not pass. */
  private static void collect(boolean solved) {
    Statistics.label("solution")
        .collect(solved)
        .coverage(coverage -> coverage.check(true).percentage(share -> share > 25));
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
    String choice = choice(repositories, world);
    assertThat(choice(more, world)).isEqualTo(choice);
    collect(!choice.startsWith(FAILED));
  }
}
