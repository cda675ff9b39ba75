package io.github.prosodyoci.packages.resolve;

import io.github.prosodyoci.core.Version;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/** Which of several packages that meet a demand is preferred; docs/resolver.md has the rules. */
final class Ranking {

  private static final Comparator<Offer> NEWEST_PACKAGE =
      Comparator.<Offer, Version>comparing(
              offer -> new Version(offer.candidate().info().version()), Comparator.reverseOrder())
          .thenComparing(offer -> offer.candidate().order());

  /** The versions of one package, and how many packages the first brings. */
  private record Versions(List<Offer> offers, int additions) {}

  private final Problem problem;
  private final ToIntFunction<Candidate> additions;

  /**
   * Creates a ranking.
   *
   * @param additions how many packages a candidate brings that are not chosen yet
   */
  Ranking(Problem problem, ToIntFunction<Candidate> additions) {
    this.problem = problem;
    this.additions = additions;
  }

  /** Returns what meets a demand, the preferred one first. */
  List<Offer> rank(Demand demand) {
    if (demand.offers().size() < 2) {
      return demand.offers();
    }
    int owners =
        demand.offers().stream()
            .filter(Offer::isOwner)
            .mapToInt(offer -> offer.candidate().info().providerPriority())
            .max()
            .orElse(0);
    Comparator<Offer> byRules =
        Comparator.comparing((Offer offer) -> !problem.isPinned(offer.name(), offer.candidate()))
            .thenComparing(offer -> !offer.candidate().installed())
            .thenComparing(offer -> !problem.isUntagged(offer.candidate()))
            .thenComparing(offer -> offer.isOwner() ? -owners : -priority(offer))
            .thenComparing(offer -> !offer.isOwner())
            .thenComparing((a, b) -> compare(b.version(), a.version()))
            .thenComparing(offer -> -priority(offer));
    List<Offer> ranked = new ArrayList<>(demand.offers());
    ranked.sort(byRules);
    for (int from = 0, to; from < ranked.size(); from = to) {
      to = from + 1;
      while (to < ranked.size() && byRules.compare(ranked.get(from), ranked.get(to)) == 0) {
        to++;
      }
      if (to - from > 1) {
        rankEqual(ranked.subList(from, to));
      }
    }
    return ranked;
  }

  /** Puts what the rules leave equal in order: package by package, each newest version first. */
  private void rankEqual(List<Offer> equal) {
    Map<String, List<Offer>> packages = new LinkedHashMap<>();
    for (Offer offer : equal) {
      packages.computeIfAbsent(offer.candidate().name(), key -> new ArrayList<>()).add(offer);
    }
    packages.values().forEach(versions -> versions.sort(NEWEST_PACKAGE));
    List<Versions> groups = new ArrayList<>();
    for (List<Offer> versions : packages.values()) {
      int brought = packages.size() == 1 ? 0 : additions.applyAsInt(versions.get(0).candidate());
      groups.add(new Versions(versions, brought));
    }
    groups.sort(
        Comparator.comparingInt(Versions::additions)
            .thenComparing(group -> group.offers.get(0).candidate().order()));
    int at = 0;
    for (Versions group : groups) {
      for (Offer offer : group.offers) {
        equal.set(at++, offer);
      }
    }
  }

  private static int priority(Offer offer) {
    return offer.candidate().info().providerPriority();
  }

  /** Compares versions; one that is missing equals any. */
  static int compare(String a, String b) {
    return a.isEmpty() || b.isEmpty() ? 0 : new Version(a).compareTo(new Version(b));
  }
}
