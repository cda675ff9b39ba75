package io.github.prosodyoci.rootfs.resolve;

import io.github.prosodyoci.rootfs.resolve.Universe.Candidate;
import io.github.prosodyoci.rootfs.resolve.Universe.Demand;
import io.github.prosodyoci.rootfs.resolve.Universe.Named;
import io.github.prosodyoci.rootfs.resolve.Universe.Offer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What became of one run of the solver: the packages in apk's order, or what is wrong with them.
 */
final class Attempt {

  private final State state;
  private final Solver solver;
  private final List<Demand> world;
  private final List<Candidate> order = new ArrayList<>();
  private final Set<Candidate> placed = new LinkedHashSet<>();
  private final Set<Named> visited = new LinkedHashSet<>();
  private final Set<String> problems = new LinkedHashSet<>();

  private Attempt(State state, Solver solver, List<Demand> world) {
    this.state = state;
    this.solver = solver;
    this.world = world;
  }

  static Attempt of(Universe universe, List<Demand> world) {
    State state = new State(universe);
    Solver solver = new Solver(universe, state);
    solver.solve(world);
    Attempt attempt = new Attempt(state, solver, world);
    world.forEach(demand -> attempt.place(null, demand));
    return attempt;
  }

  boolean failed() {
    return solver.errors() > 0 || !problems.isEmpty();
  }

  /** Returns what is wrong, in words. */
  List<String> problems() {
    List<String> all = new ArrayList<>(problems);
    for (Candidate candidate : order) {
      if (state.of(candidate).error && !state.of(candidate).tagOk) {
        all.add(candidate.entry.info().nameVersion() + " is only in a repository with another tag");
      }
    }
    return all;
  }

  private void place(@Nullable Candidate by, Demand demand) {
    Offer chosen = state.of(demand.name()).chosen;
    if (!demand.isMetBy(chosen)) {
      problems.add(problem(by, demand, chosen));
      if (by != null) {
        solver.fail(by);
      }
    }
    place(demand.name());
    if (chosen != null && by != null && state.of(chosen.candidate()).error) {
      solver.fail(by);
    }
  }

  private String problem(@Nullable Candidate by, Demand demand, @Nullable Offer chosen) {
    String who = by == null ? "the world" : by.entry.info().nameVersion();
    String what = who + " needs " + demand.dependency();
    if (demand.conflict()) {
      what = who + " cannot be with " + demand.dependency().toString().substring(1);
    }
    if (chosen != null) {
      return what
          + ", but "
          + chosen.candidate().entry.info().nameVersion()
          + " is there"
          + (chosen.candidate().name == demand.name()
              ? ""
              : " as " + demand.name().text + (chosen.isVirtual() ? "" : "=" + chosen.version()));
    }
    String offers =
        demand.name().providers.stream()
            .map(provider -> provider.candidate().entry.info().nameVersion())
            .distinct()
            .limit(10)
            .collect(Collectors.joining(", "));
    return what
        + (offers.isEmpty()
            ? ", which no repository has"
            : ", which none of " + offers + " may be chosen for");
  }

  /** Puts a name's package behind those it depends on. */
  private void place(Named name) {
    Offer chosen = state.of(name).chosen;
    if (!visited.add(name) || chosen == null || !placed.add(chosen.candidate())) {
      return;
    }
    Candidate candidate = chosen.candidate();
    visited.addAll(candidate.names);
    candidate.depends.forEach(demand -> place(candidate, demand));
    order.add(candidate);
    for (Named own : candidate.names) {
      own.followers.forEach(this::placeFollower);
    }
  }

  private void placeFollower(Named name) {
    Offer chosen = state.of(name).chosen;
    if (chosen != null
        && !visited.contains(name)
        && chosen.candidate().installIf.stream()
            .allMatch(
                condition ->
                    visited.contains(condition.name())
                        && condition.isMetBy(state.of(condition.name()).chosen))) {
      place(name);
    }
  }

  Solution solution() {
    Map<Candidate, List<String>> why = new LinkedHashMap<>();
    order.forEach(candidate -> why.put(candidate, new ArrayList<>()));
    Map<String, String> roots = new TreeMap<>();
    for (Demand demand : world) {
      Offer chosen = state.of(demand.name()).chosen;
      if (chosen != null && !demand.conflict()) {
        roots.put(demand.dependency().toString(), chosen.candidate().name.text);
        reasons(why, chosen).add("world: " + demand.dependency());
      }
    }
    Map<Candidate, Set<String>> needs = new LinkedHashMap<>();
    for (Candidate candidate : order) {
      Set<String> names = new LinkedHashSet<>();
      for (Demand demand : candidate.depends) {
        Offer chosen = state.of(demand.name()).chosen;
        if (chosen != null && !demand.conflict() && chosen.candidate() != candidate) {
          names.add(chosen.candidate().name.text);
          reasons(why, chosen).add(candidate.name.text + ": " + demand.dependency());
        }
      }
      needs.put(candidate, names);
    }
    List<Selected> selected = new ArrayList<>();
    for (Candidate candidate : order) {
      List<String> reasons = why.getOrDefault(candidate, List.of());
      Set<String> follows = new LinkedHashSet<>();
      if (reasons.isEmpty()) {
        for (Demand condition : candidate.installIf) {
          Offer chosen = state.of(condition.name()).chosen;
          if (chosen != null) {
            follows.add(chosen.candidate().name.text);
          }
        }
        reasons = List.of("installed with: " + String.join(" ", follows));
      }
      selected.add(
          new Selected(
              candidate.entry,
              candidate.firstRepository(),
              reasons,
              List.copyOf(needs.getOrDefault(candidate, Set.of())),
              List.copyOf(follows)));
    }
    return new Solution(selected, roots);
  }

  private static List<String> reasons(Map<Candidate, List<String>> why, Offer provider) {
    return why.computeIfAbsent(provider.candidate(), key -> new ArrayList<>());
  }
}
