package io.github.prosodyoci.packages.resolve;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * A problem as a formula: a variable for each candidate, and clauses for what the world and the
 * candidates demand. Every entry of the world holds only under an assumption of its own, and so
 * does every other demand if they are to be explained.
 */
final class Clauses {

  private final Problem problem;
  private final Formula formula = new Formula();
  private final boolean explaining;
  private final Map<Candidate, Integer> variables = new LinkedHashMap<>();
  private final List<Candidate> candidates = new ArrayList<>();
  private final List<Integer> entries = new ArrayList<>();
  private final Map<Integer, Supplier<String>> demands = new LinkedHashMap<>();

  /**
   * Encodes a problem.
   *
   * @param explaining whether each demand of a package holds only under an assumption, too
   */
  Clauses(Problem problem, boolean explaining) {
    this.problem = problem;
    this.explaining = explaining;
    for (Candidate candidate : problem.candidates()) {
      variables.put(candidate, formula.newVariable());
      candidates.add(candidate);
    }
    for (Demand entry : problem.world()) {
      int assumption = formula.newVariable();
      entries.add(assumption);
      require(entry, -assumption);
    }
    problem
        .candidates()
        .forEach(
            candidate -> {
              for (Demand demand : problem.demands(candidate)) {
                int guard = demand(() -> Explanation.demand(problem, demand));
                require(demand, guard, -variable(candidate));
              }
              if (candidate.contradictory()) {
                clause(
                    demand(() -> candidate + " claims one name twice, which no root can hold"),
                    -variable(candidate));
              }
            });
    encodeNames();
  }

  private void require(Demand demand, int... guards) {
    if (demand.dependency().conflict()) {
      for (Offer offer : demand.offers()) {
        int[] literals = Arrays.copyOf(guards, guards.length + 1);
        literals[guards.length] = -variable(offer.candidate());
        clause(literals);
      }
      return;
    }
    int[] literals = Arrays.copyOf(guards, guards.length + demand.offers().size());
    for (int i = 0; i < demand.offers().size(); i++) {
      literals[guards.length + i] = variable(demand.offers().get(i).candidate());
    }
    clause(literals);
  }

  private void encodeNames() {
    Map<String, List<Candidate>> owners = new LinkedHashMap<>();
    Map<String, List<Candidate>> others = new LinkedHashMap<>();
    for (Candidate candidate : candidates) {
      put(owners, candidate.name(), candidate);
      candidate
          .info()
          .provides()
          .forEach(
              provided ->
                  put(provided.version().isEmpty() ? others : owners, provided.name(), candidate));
    }
    owners.forEach((name, all) -> encodeOwner(name, all, others.getOrDefault(name, List.of())));
  }

  private static void put(Map<String, List<Candidate>> map, String name, Candidate candidate) {
    List<Candidate> list = map.computeIfAbsent(name, key -> new ArrayList<>(1));
    if (list.isEmpty() || list.get(list.size() - 1) != candidate) {
      list.add(candidate);
    }
  }

  /** At most one package owns a name, and then no other has it. */
  private void encodeOwner(String name, List<Candidate> owners, List<Candidate> others) {
    if (owners.size() + others.size() < 2) {
      return;
    }
    int guard = demand(() -> Explanation.ownership(name, owners));
    int owned = variable(owners.get(0));
    for (int i = 1; i < owners.size(); i++) {
      int owner = variable(owners.get(i));
      clause(guard, -owned, -owner);
      // One more variable each says that one of the owners so far is chosen.
      if (i < owners.size() - 1 || !others.isEmpty()) {
        int next = formula.newVariable();
        clause(-owned, next);
        clause(-owner, next);
        owned = next;
      }
    }
    for (Candidate other : others) {
      clause(guard, -owned, -variable(other));
    }
  }

  /** Returns the guard of a demand's clauses; 0 if it always holds. */
  private int demand(Supplier<String> words) {
    if (!explaining) {
      return 0;
    }
    int assumption = formula.newVariable();
    demands.put(assumption, words);
    return -assumption;
  }

  private void clause(int... literals) {
    formula.clause(Arrays.stream(literals).filter(literal -> literal != 0).toArray());
  }

  /** Adds that one of some packages, or entries of the world, must hold if a package is chosen. */
  void onlyWith(Candidate candidate, List<Integer> reasons, Supplier<String> words) {
    List<Integer> literals = new ArrayList<>(reasons);
    literals.add(-variable(candidate));
    int guard = demand(words);
    if (guard != 0) {
      literals.add(guard);
    }
    formula.clause(literals);
  }

  Problem problem() {
    return problem;
  }

  Formula formula() {
    return formula;
  }

  /** Returns the variable that says that a package is chosen. */
  int variable(Candidate candidate) {
    return Objects.requireNonNull(variables.get(candidate));
  }

  /** Returns the assumption under which an entry of the world holds, by its place. */
  int entry(int place) {
    return entries.get(place);
  }

  /** Returns the assumptions under which demands of packages hold, with the demands in words. */
  Map<Integer, Supplier<String>> demands() {
    return demands;
  }
}
