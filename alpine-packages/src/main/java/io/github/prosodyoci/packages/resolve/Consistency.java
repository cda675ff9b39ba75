package io.github.prosodyoci.packages.resolve;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Answers whether some packages belong to a solution. The answer is exact: it does not depend on
 * the order in which the search goes.
 */
final class Consistency {

  private final Problem problem;
  private final Clauses clauses;
  private Set<Candidate> latest = Set.of();

  Consistency(Clauses clauses) {
    this.problem = clauses.problem();
    this.clauses = clauses;
  }

  /**
   * Returns whether there is a solution.
   *
   * @param world the places of the entries of the world that must hold
   * @param chosen packages that must be in it
   */
  boolean holds(BitSet world, Collection<Candidate> chosen) {
    List<Integer> assumptions = new ArrayList<>();
    List<Demand> entries = new ArrayList<>();
    for (int i = 0; i < problem.world().size(); i++) {
      assumptions.add(world.get(i) ? clauses.entry(i) : -clauses.entry(i));
      if (world.get(i)) {
        entries.add(problem.world().get(i));
      }
    }
    assumptions.addAll(clauses.demands().keySet());
    chosen.forEach(candidate -> assumptions.add(clauses.variable(candidate)));
    while (true) {
      int known = clauses.demands().size();
      BitSet model = clauses.formula().solve(assumptions);
      if (model == null) {
        return false;
      }
      Foundation foundation =
          new Foundation(problem, entries, candidate -> model.get(clauses.variable(candidate)));
      if (foundation.unmet().isEmpty() && foundation.founded().keySet().containsAll(chosen)) {
        latest = foundation.founded().keySet();
        return true;
      }
      exclude(foundation, chosen, world, model);
      clauses.demands().keySet().stream().skip(known).forEach(assumptions::add);
    }
  }

  /** Adds clauses that the solution lacks: what its unfounded packages would be there for. */
  private void exclude(
      Foundation foundation, Collection<Candidate> chosen, BitSet world, BitSet model) {
    Map<Candidate, Integer> founded = foundation.founded();
    Set<Candidate> needed = new LinkedHashSet<>(chosen);
    for (Demand unmet : foundation.unmet()) {
      unmet.offers().forEach(offer -> needed.add(offer.candidate()));
    }
    needed.removeIf(each -> founded.containsKey(each) || !model.get(clauses.variable(each)));
    Set<Candidate> unfounded = new LinkedHashSet<>(needed);
    boolean more = true;
    while (more) {
      more = false;
      for (Candidate candidate : problem.candidates()) {
        if (model.get(clauses.variable(candidate))
            && !founded.containsKey(candidate)
            && !unfounded.contains(candidate)
            && Foundation.supports(problem, candidate, unfounded)) {
          unfounded.add(candidate);
          more = true;
        }
      }
    }
    List<Integer> reasons = new ArrayList<>();
    // Whatever opens a tagged repository may be far from what it opens it to.
    boolean tags = !unfounded.stream().allMatch(problem::isUntagged);
    for (Candidate candidate : problem.candidates()) {
      if (!model.get(clauses.variable(candidate))
          && (tags || Foundation.supports(problem, candidate, unfounded))) {
        reasons.add(clauses.variable(candidate));
      }
    }
    // A package by install_if may also come because another one is absent.
    for (Candidate candidate : unfounded) {
      for (Demand condition : problem.followers().getOrDefault(candidate, List.of())) {
        if (condition.dependency().conflict()) {
          condition.offers().stream()
              .map(offer -> clauses.variable(offer.candidate()))
              .filter(model::get)
              .forEach(variable -> reasons.add(-variable));
        }
      }
    }
    for (int i = 0; i < problem.world().size(); i++) {
      Demand entry = problem.world().get(i);
      if (!world.get(i)
          && !entry.dependency().conflict()
          && (problem.opens(entry) != 0 || Foundation.brings(entry, unfounded))) {
        reasons.add(clauses.entry(i));
      }
    }
    for (Candidate candidate : needed) {
      clauses.onlyWith(candidate, reasons, () -> Explanation.unfounded(problem, candidate));
    }
  }

  /** Returns the packages of the solution that {@link #holds} found last. */
  Set<Candidate> latest() {
    return latest;
  }
}
