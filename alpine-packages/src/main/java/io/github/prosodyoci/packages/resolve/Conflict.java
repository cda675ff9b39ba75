package io.github.prosodyoci.packages.resolve;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.packages.PackageCode;
import io.github.prosodyoci.packages.apk.Dependency;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Finds and says why a world has no solution. */
final class Conflict {

  private static final int TOLD = 12;

  private Conflict() {}

  /**
   * Returns the failure for a world without a solution: a smallest set of its entries and of the
   * packages' demands that collide.
   *
   * @param consistency what has just found that the world has no solution
   */
  static FailureException of(
      Catalog catalog, List<Dependency> world, Clauses clauses, Consistency consistency) {
    Set<Integer> failed = failed(clauses);
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < world.size(); i++) {
      if (failed.contains(clauses.entry(i))) {
        places.add(i);
      }
    }
    List<Dependency> entries =
        shrink(places, part -> !consistency.holds(bits(part), List.of())).stream()
            .map(world::get)
            .toList();
    return failure(entries, collision(catalog, entries));
  }

  private static Set<Integer> failed(Clauses clauses) {
    return Arrays.stream(clauses.formula().failed()).boxed().collect(Collectors.toSet());
  }

  private static BitSet bits(Collection<Integer> places) {
    BitSet bits = new BitSet();
    places.forEach(bits::set);
    return bits;
  }

  /** Returns demands that collide, in words. None of them can be left out. */
  private static List<String> collision(Catalog catalog, List<Dependency> world) {
    Problem problem = new Problem(catalog, world, true);
    Clauses clauses = new Clauses(problem, true);
    BitSet all = new BitSet();
    all.set(0, world.size());
    if (new Consistency(clauses).holds(all, List.of())) {
      throw new IllegalStateException("A world without a solution has one");
    }
    Set<Integer> failed = failed(clauses);
    List<Integer> entries = new ArrayList<>();
    for (int i = 0; i < world.size(); i++) {
      entries.add(clauses.entry(i));
    }
    List<Integer> demands =
        shrink(
            clauses.demands().keySet().stream().filter(failed::contains).toList(),
            part -> {
              List<Integer> assumptions = new ArrayList<>(entries);
              assumptions.addAll(part);
              return clauses.formula().solve(assumptions) == null;
            });
    List<String> words = new ArrayList<>();
    problem.world().stream()
        .filter(entry -> !entry.dependency().conflict() && entry.offers().isEmpty())
        .forEach(entry -> words.add(Explanation.demand(problem, entry)));
    demands.forEach(
        demand -> words.add(Objects.requireNonNull(clauses.demands().get(demand)).get()));
    return words;
  }

  /**
   * Returns a part of a list that still fails, and would not if any member were left out. A member
   * may be what lets others be chosen, so that leaving one out can make another one needless.
   */
  static <T> List<T> shrink(List<T> whole, Predicate<List<T>> fails) {
    List<T> core = whole;
    List<T> before;
    do {
      before = core;
      for (T member : before) {
        List<T> less = new ArrayList<>(core);
        less.remove(member);
        if (fails.test(less)) {
          core = less;
        }
      }
    } while (core.size() < before.size());
    return core;
  }

  private static FailureException failure(List<Dependency> entries, List<String> words) {
    String told = words.stream().limit(TOLD).collect(Collectors.joining("; "));
    if (words.size() > TOLD) {
      told += "; and " + (words.size() - TOLD) + " more demands";
    }
    return Failure.of(
            PackageCode.UNSATISFIABLE,
            "choose",
            "packages for the world",
            Dependency.join(entries)
                + (entries.size() == 1 ? " cannot be installed" : " cannot be installed together")
                + (told.isEmpty() ? "" : ": " + told))
        .toException();
  }
}
