package io.github.prosodyoci.packages.resolve;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What of some packages the world brings about: those that it asks for, what these need, and what
 * is installed beside them. A package that only provides a name without a version, and has no
 * provider priority, comes for another reason or not at all; nor does one from a tagged repository
 * that nothing opens to it. In a circular problem it is reason enough that chosen packages ask for
 * each other by name.
 */
final class Foundation {

  private final Problem problem;
  private final Predicate<Candidate> chosen;
  private final Map<Candidate, Integer> opened = new LinkedHashMap<>();
  private final Deque<Candidate> open = new ArrayDeque<>();
  private final Set<Candidate> assumed = new HashSet<>();
  private final Set<Candidate> denied = new HashSet<>();
  private final List<Demand> unmet = new ArrayList<>();

  /**
   * Finds the founded ones.
   *
   * @param world the entries of the world that count
   * @param chosen what is chosen
   */
  Foundation(Problem problem, List<Demand> world, Predicate<Candidate> chosen) {
    this.problem = problem;
    this.chosen = chosen;
    do {
      opened.clear();
      assumed.clear();
      spread(world);
    } while (denied.addAll(unsupported()));
    world.forEach(this::check);
    opened.keySet().forEach(each -> problem.demands(each).forEach(this::check));
  }

  private void spread(List<Demand> world) {
    world.forEach(entry -> bring(entry, problem.opens(entry)));
    do {
      while (!open.isEmpty()) {
        Candidate candidate = open.pop();
        for (Demand demand : problem.demands(candidate)) {
          bring(demand, opened(candidate));
        }
      }
      problem.followers().forEach(this::follow);
    } while (!open.isEmpty());
  }

  /** Returns packages that were taken to be asked for by name, and are not after all. */
  private Set<Candidate> unsupported() {
    Set<Candidate> unsupported = new HashSet<>(assumed);
    for (Candidate by : opened.keySet()) {
      for (Demand demand : problem.demands(by)) {
        demand.offers().stream()
            .filter(offer -> offer.isSelectable() && !demand.dependency().conflict())
            .forEach(offer -> unsupported.remove(offer.candidate()));
      }
    }
    return unsupported;
  }

  private int opened(Candidate candidate) {
    return opened.getOrDefault(candidate, 0);
  }

  private void bring(Demand demand, int tags) {
    if (demand.dependency().conflict()) {
      return;
    }
    for (Offer offer : demand.offers()) {
      Candidate candidate = offer.candidate();
      if (offer.isSelectable()) {
        found(candidate, tags);
      } else if (problem.circular() && !denied.contains(candidate)) {
        assumed.add(candidate);
        found(candidate, tags);
      }
    }
  }

  private void found(Candidate candidate, int tags) {
    if (chosen.test(candidate) && problem.allows(tags, candidate)) {
      Integer before = opened.get(candidate);
      if (before == null || (before | tags) != before) {
        opened.put(candidate, (before == null ? 0 : before) | tags);
        open.add(candidate);
      }
    }
  }

  private void follow(Candidate follower, List<Demand> conditions) {
    if (!chosen.test(follower)) {
      return;
    }
    int tags = 0;
    for (Demand condition : conditions) {
      if (condition.dependency().conflict()) {
        // Asked of all that is chosen, so that what is founded only grows.
        if (!condition.isMetBy(chosen)) {
          return;
        }
      } else if (isMet(condition)) {
        for (Offer offer : condition.offers()) {
          tags |= opened(offer.candidate());
        }
      } else {
        return;
      }
    }
    found(follower, tags);
  }

  private boolean isMet(Demand demand) {
    return demand.offers().stream().anyMatch(offer -> opened.containsKey(offer.candidate()));
  }

  private void check(Demand demand) {
    if (!demand.dependency().conflict() && !isMet(demand)) {
      unmet.add(demand);
    }
  }

  /** Returns the founded packages, each with the tagged repositories that are open to it. */
  Map<Candidate, Integer> founded() {
    return opened;
  }

  /** Returns what the world or a founded package needs, and no founded package meets. */
  List<Demand> unmet() {
    return unmet;
  }

  /** Returns whether a chosen package could be a reason for one of some others to be there. */
  static boolean supports(Problem problem, Candidate candidate, Set<Candidate> others) {
    for (Demand demand : problem.demands(candidate)) {
      if (!demand.dependency().conflict() && brings(demand, others)) {
        return true;
      }
    }
    for (Candidate other : others) {
      for (Demand condition : problem.followers().getOrDefault(other, List.of())) {
        if (!condition.dependency().conflict()
            && condition.offers().stream().anyMatch(offer -> offer.candidate() == candidate)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Returns whether a demand could bring one of some packages. */
  static boolean brings(Demand demand, Set<Candidate> others) {
    return demand.offers().stream()
        .anyMatch(offer -> offer.isSelectable() && others.contains(offer.candidate()));
  }
}
