package io.github.prosodyoci.packages.resolve;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses among all solutions: settles one demand after another by the best candidate that some
 * solution has beside all that is chosen already. So nothing that was chosen is ever taken back.
 * Requirements that leave no choice go first, then those of one package in several versions, then
 * those that several packages meet; packages by {@code install_if} come last.
 */
final class Choice {

  private final Problem problem;
  private final Consistency consistency;
  private final BitSet world;
  private final Ranking ranking;
  private final Set<Candidate> chosen = new LinkedHashSet<>();
  private final Set<Candidate> refused = new HashSet<>();
  private final Deque<Demand> fresh = new ArrayDeque<>();
  private final Deque<Demand> versions = new ArrayDeque<>();
  private final Deque<Demand> providers = new ArrayDeque<>();
  private final Deque<Demand> waiting = new ArrayDeque<>();

  /**
   * Prepares a choice.
   *
   * @param world the places of the world's entries, for which there is a solution
   */
  Choice(Problem problem, Consistency consistency, BitSet world) {
    this.problem = problem;
    this.consistency = consistency;
    this.world = world;
    this.ranking = new Ranking(problem, this::additions);
  }

  /** Returns the packages that are chosen. */
  Set<Candidate> choose() {
    fresh.addAll(problem.world());
    while (true) {
      if (!fresh.isEmpty()) {
        sort(fresh.pop());
      } else if (!versions.isEmpty()) {
        settle(versions.pop());
      } else if (!providers.isEmpty()) {
        settle(providers.pop());
      } else if (!follow()) {
        waiting.removeIf(this::isMet);
        if (waiting.isEmpty()) {
          return chosen;
        }
        // What they wait for comes only with packages that nothing else is chosen for.
        if (!consistency.holds(world, chosen)) {
          throw new IllegalStateException("What was chosen is part of no solution");
        }
        List.copyOf(consistency.latest()).forEach(this::add);
      }
    }
  }

  private boolean isMet(Demand demand) {
    return demand.dependency().conflict()
        || demand.offers().stream().anyMatch(offer -> chosen.contains(offer.candidate()));
  }

  private void sort(Demand demand) {
    if (isMet(demand)) {
      return;
    }
    String name = null;
    boolean several = false;
    for (Offer offer : demand.offers()) {
      several |= name != null && !name.equals(offer.candidate().name());
      name = offer.candidate().name();
    }
    if (demand.offers().size() == 1) {
      settle(demand);
    } else {
      (several ? providers : versions).add(demand);
    }
  }

  private void settle(Demand demand) {
    if (isMet(demand)) {
      return;
    }
    for (Offer offer : ranking.rank(demand)) {
      if ((offer.isSelectable() || problem.circular()) && tryToAdd(offer.candidate())) {
        return;
      }
    }
    waiting.add(demand);
  }

  private boolean tryToAdd(Candidate candidate) {
    if (refused.contains(candidate)) {
      return false;
    }
    if (!consistency.latest().contains(candidate)) {
      List<Candidate> all = new ArrayList<>(chosen);
      all.add(candidate);
      if (!consistency.holds(world, all)) {
        refused.add(candidate);
        return false;
      }
    }
    add(candidate);
    return true;
  }

  private void add(Candidate candidate) {
    if (chosen.add(candidate)) {
      fresh.addAll(problem.demands(candidate));
    }
  }

  /** Adds a package that is installed beside what is chosen; returns whether there was one. */
  private boolean follow() {
    Candidate best = null;
    for (Candidate follower : problem.followers().keySet()) {
      if (!chosen.contains(follower)
          && !refused.contains(follower)
          && conditions(follower).stream().allMatch(each -> each.isMetBy(chosen::contains))
          && (best == null || isBefore(follower, best))) {
        best = follower;
      }
    }
    if (best == null) {
      return false;
    }
    tryToAdd(best);
    return true;
  }

  private List<Demand> conditions(Candidate follower) {
    return problem.followers().getOrDefault(follower, List.of());
  }

  private static boolean isBefore(Candidate a, @Nullable Candidate b) {
    if (b != null && a.installed() != b.installed()) {
      return a.installed();
    }
    return b == null
        || (a.name().equals(b.name())
            ? Ranking.compare(a.info().version(), b.info().version()) > 0
            : a.order() < b.order());
  }

  /** Returns how many packages come with a candidate at least. */
  private int additions(Candidate candidate) {
    Set<Candidate> all = new HashSet<>(Set.of(candidate));
    Deque<Candidate> open = new ArrayDeque<>(all);
    while (!open.isEmpty()) {
      for (Demand demand : problem.demands(open.pop())) {
        List<Offer> offers = demand.offers();
        if (!isMet(demand) && offers.size() == 1 && all.add(offers.get(0).candidate())) {
          open.add(offers.get(0).candidate());
        }
      }
    }
    return all.size();
  }
}
