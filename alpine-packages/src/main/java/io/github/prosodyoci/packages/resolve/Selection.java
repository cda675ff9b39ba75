package io.github.prosodyoci.packages.resolve;

import io.github.prosodyoci.packages.resolve.Reason.InstalledWith;
import io.github.prosodyoci.packages.resolve.Reason.Needed;
import io.github.prosodyoci.packages.resolve.Reason.World;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Puts chosen packages in the order of installation, with the reasons for each: what a package
 * needs comes before it, except in a cycle; otherwise the order of the world and of dependencies
 * decides. What turned out to be needless is left out.
 */
final class Selection {

  /** A package whose needs are being placed. */
  private record Visit(Candidate candidate, Iterator<Candidate> needs) {}

  private final Problem problem;
  private final Set<Candidate> chosen;
  private final boolean all;
  private final Ranking ranking;
  private final Map<Candidate, List<Reason>> reasons = new HashMap<>();
  private final Set<Candidate> visited = new LinkedHashSet<>();
  private final List<Candidate> order = new ArrayList<>();
  private final IdentityHashMap<Demand, List<Candidate>> answers = new IdentityHashMap<>();

  private Selection(Problem problem, Set<Candidate> chosen, boolean all) {
    this.problem = problem;
    this.chosen = chosen;
    this.all = all;
    this.ranking = new Ranking(problem, candidate -> 0);
    for (Demand entry : problem.world()) {
      answers(entry).forEach(this::visit);
    }
    boolean more = true;
    while (more) {
      more = false;
      for (Candidate candidate : chosen) {
        if (problem.followers().containsKey(candidate)
            && !visited.contains(candidate)
            && conditions(candidate).stream()
                .allMatch(condition -> condition.isMetBy(visited::contains))) {
          visit(candidate);
          more = true;
        }
      }
    }
  }

  /** Returns the chosen packages in order. */
  static Solution of(Problem problem, Set<Candidate> chosen) {
    Selection selection = new Selection(problem, chosen, false);
    if (new Foundation(problem, problem.world(), selection.visited::contains).unmet().isEmpty()) {
      return selection.solution();
    }
    // What is needless at first sight may be why another package could be chosen.
    return new Selection(problem, chosen, true).solution();
  }

  private List<Demand> conditions(Candidate candidate) {
    return problem.followers().getOrDefault(candidate, List.of());
  }

  /** Returns the package that meets a demand, or all that do. */
  private List<Candidate> answers(Demand demand) {
    if (demand.dependency().conflict()) {
      return List.of();
    }
    return answers.computeIfAbsent(
        demand,
        key -> {
          List<Offer> there =
              ranking.rank(demand).stream()
                  .filter(offer -> chosen.contains(offer.candidate()))
                  .toList();
          Stream<Offer> selectable = there.stream().filter(Offer::isSelectable);
          return (all
                  ? there.stream()
                  : selectable.findFirst().or(() -> there.stream().findFirst()).stream())
              .map(Offer::candidate)
              .toList();
        });
  }

  private List<Candidate> needs(Candidate candidate) {
    return problem.demands(candidate).stream()
        .flatMap(demand -> answers(demand).stream())
        .filter(need -> need != candidate)
        .distinct()
        .toList();
  }

  private void visit(Candidate first) {
    Deque<Visit> open = new ArrayDeque<>();
    if (visited.add(first)) {
      open.push(new Visit(first, needs(first).iterator()));
    }
    while (!open.isEmpty()) {
      Visit visit = open.element();
      if (!visit.needs.hasNext()) {
        order.add(visit.candidate);
        open.pop();
      } else {
        Candidate next = visit.needs.next();
        if (visited.add(next)) {
          open.push(new Visit(next, needs(next).iterator()));
        }
      }
    }
  }

  private List<Reason> reasons(Candidate candidate) {
    return reasons.computeIfAbsent(candidate, key -> new ArrayList<>());
  }

  private Solution solution() {
    Map<Candidate, Integer> opened =
        new Foundation(problem, problem.world(), visited::contains).founded();
    Map<String, List<String>> roots = new TreeMap<>();
    for (Demand entry : problem.world()) {
      List<Candidate> answers = answers(entry);
      roots.put(entry.dependency().toString(), answers.stream().map(Candidate::name).toList());
      answers.forEach(candidate -> reasons(candidate).add(new World(entry.dependency())));
    }
    for (Candidate by : order) {
      for (Demand demand : problem.demands(by)) {
        answers(demand).stream()
            .filter(candidate -> candidate != by)
            .forEach(
                candidate -> reasons(candidate).add(new Needed(by.name(), demand.dependency())));
      }
    }
    List<Selected> packages = new ArrayList<>();
    for (Candidate candidate : order) {
      List<Reason> why = reasons(candidate);
      if (why.isEmpty()) {
        why.add(
            new InstalledWith(
                conditions(candidate).stream()
                    .flatMap(condition -> answers(condition).stream())
                    .map(Candidate::name)
                    .distinct()
                    .toList()));
      }
      packages.add(
          new Selected(
              candidate.entry(),
              problem.repository(candidate, opened.getOrDefault(candidate, 0)),
              why,
              needs(candidate).stream().map(Candidate::name).toList()));
    }
    return new Solution(packages, roots);
  }
}
