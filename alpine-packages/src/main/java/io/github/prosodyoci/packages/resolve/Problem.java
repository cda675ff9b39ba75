package io.github.prosodyoci.packages.resolve;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.packages.PackageCode;
import io.github.prosodyoci.packages.apk.Dependency;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The part of the repositories that a world can lead to: candidates that something reachable asks
 * for, and those that are installed by themselves beside reachable ones.
 */
final class Problem {

  /** Bounds what is compared and encoded; the largest genuine worlds need a hundredth of it. */
  private static final int MAX_MATCHES = 20_000_000;

  private final Catalog catalog;
  private final boolean circular;
  private final int untagged;
  private final Map<String, Integer> pins = new HashMap<>();
  private final Map<Candidate, Integer> opened = new LinkedHashMap<>();
  private final Deque<Candidate> open = new ArrayDeque<>();
  private final List<Demand> world = new ArrayList<>();
  private final Map<Candidate, List<Demand>> demands = new LinkedHashMap<>();
  private final Map<Candidate, List<Demand>> followers = new LinkedHashMap<>();
  private final Map<Dependency, List<Offer>> matches = new HashMap<>();
  private int matched;

  /**
   * Finds what a world can lead to.
   *
   * @param circular whether packages that ask for each other by name may meet a demand for a name
   *     that they provide without a version, though nothing else asks for them
   * @throws FailureException if that is more than a genuine repository holds ({@code limit})
   */
  Problem(Catalog catalog, Collection<Dependency> entries, boolean circular) {
    this.catalog = catalog;
    this.circular = circular;
    this.untagged = catalog.repositories("");
    for (Dependency entry : entries) {
      int tagged = tagged(entry);
      if (tagged != 0) {
        pins.merge(entry.name(), tagged, (a, b) -> a | b);
      }
      reach(entry, tagged);
    }
    while (!open.isEmpty()) {
      Candidate candidate = open.pop();
      int tags = opened.getOrDefault(candidate, 0);
      candidate.info().depends().forEach(dependency -> reach(dependency, tags));
      reachFollowers(candidate.name());
      candidate.info().provides().forEach(provided -> reachFollowers(provided.name()));
    }
    for (Dependency entry : entries) {
      world.add(new Demand(null, entry, matches(entry)));
    }
    for (Candidate candidate : opened.keySet()) {
      demands.put(candidate, demands(candidate, candidate.info().depends()));
      List<Dependency> conditions = candidate.conditions();
      if (!conditions.isEmpty()) {
        followers.put(candidate, demands(candidate, conditions));
      }
    }
  }

  private List<Demand> demands(Candidate by, List<Dependency> dependencies) {
    return dependencies.stream()
        .map(dependency -> new Demand(by, dependency, matches(dependency)))
        .toList();
  }

  private int tagged(Dependency entry) {
    return entry.tag().isEmpty() ? 0 : catalog.repositories(entry.tag());
  }

  private void reach(Dependency dependency, int tags) {
    if (dependency.conflict()) {
      return;
    }
    for (Offer offer : catalog.offers(dependency.name())) {
      count();
      if ((circular || offer.isSelectable())
          && allows(tags, offer.candidate())
          && offer.meets(dependency)) {
        reach(offer.candidate(), tags);
      }
    }
  }

  private void reach(Candidate candidate, int tags) {
    Integer before = opened.get(candidate);
    int after = before == null ? tags : before | tags;
    if (before == null || before != after) {
      opened.put(candidate, after);
      open.add(candidate);
    }
  }

  private void reachFollowers(String name) {
    for (Candidate follower : catalog.followers(name)) {
      int tags = 0;
      boolean all = true;
      for (Dependency condition : follower.conditions()) {
        boolean any = condition.conflict();
        for (Offer offer : catalog.offers(condition.name())) {
          count();
          Integer reached = opened.get(offer.candidate());
          if (!condition.conflict() && reached != null && offer.meets(condition)) {
            any = true;
            tags |= reached;
          }
        }
        all &= any;
      }
      if (all && allows(tags, follower)) {
        reach(follower, tags);
      }
    }
  }

  private List<Offer> matches(Dependency dependency) {
    List<Offer> known = matches.get(dependency);
    if (known == null) {
      known = new ArrayList<>();
      for (Offer offer : catalog.offers(dependency.name())) {
        count();
        if (opened.containsKey(offer.candidate()) && offer.meets(dependency)) {
          known.add(offer);
        }
      }
      matches.put(dependency, known);
    }
    matched += known.size();
    return known;
  }

  private void count() {
    if (++matched > MAX_MATCHES) {
      throw Failure.of(
              PackageCode.LIMIT,
              "choose",
              "packages for the world",
              "gave up after " + MAX_MATCHES + " comparisons of dependencies with packages")
          .advising("Check the repositories: no genuine one comes near this.")
          .toException();
    }
  }

  /**
   * Returns whether a package may be installed when these tagged repositories are open to it.
   *
   * @param tags a bit for each repository whose tag is allowed
   */
  boolean allows(int tags, Candidate candidate) {
    return (candidate.repositories() & (untagged | tags)) != 0;
  }

  /** Returns whether packages may be there because of each other. */
  boolean circular() {
    return circular;
  }

  /** Returns whether a repository without a tag holds a package. */
  boolean isUntagged(Candidate candidate) {
    return (candidate.repositories() & untagged) != 0;
  }

  /** Returns whether the world pins a name to a tag, and a repository with it holds the package. */
  boolean isPinned(String name, Candidate candidate) {
    return (candidate.repositories() & pins.getOrDefault(name, 0)) != 0;
  }

  /** Returns the repositories that an entry of the world opens, a bit each. */
  int opens(Demand entry) {
    return tagged(entry.dependency());
  }

  /** Returns the repositories that anything opens to a package, a bit each. */
  int opens(Candidate candidate) {
    return opened.getOrDefault(candidate, 0);
  }

  /** Returns the world's entries. */
  List<Demand> world() {
    return world;
  }

  /** Returns all reachable packages, in a stable order. */
  Collection<Candidate> candidates() {
    return demands.keySet();
  }

  /** Returns what a package needs and what it conflicts with. */
  List<Demand> demands(Candidate candidate) {
    return demands.getOrDefault(candidate, List.of());
  }

  /** Returns the packages that are installed by themselves, with what must be there for it. */
  Map<Candidate, List<Demand>> followers() {
    return followers;
  }

  /** Returns all that the repositories have of a name, reachable or not. */
  List<Offer> offers(String name) {
    return catalog.offers(name);
  }

  /** Returns the first repository that holds a package and is open to it. */
  int repository(Candidate candidate, @Nullable Integer tags) {
    int usable = candidate.repositories() & (untagged | (tags == null ? 0 : tags));
    return Integer.numberOfTrailingZeros(usable == 0 ? candidate.repositories() : usable);
  }
}
