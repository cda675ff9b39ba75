package io.github.prosodyoci.rootfs.resolve;

import io.github.prosodyoci.rootfs.resolve.State.OfCandidate;
import io.github.prosodyoci.rootfs.resolve.State.OfName;
import io.github.prosodyoci.rootfs.resolve.Universe.Candidate;
import io.github.prosodyoci.rootfs.resolve.Universe.Demand;
import io.github.prosodyoci.rootfs.resolve.Universe.Named;
import io.github.prosodyoci.rootfs.resolve.Universe.Offer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides name by name who stands for it, in one pass without going back, as apk-tools 2.14 does:
 * each decision narrows what is left for the names that depend on it. The order in which names are
 * decided is part of what makes the choice the same as apk's.
 */
final class Solver {

  private final Universe universe;
  private final State state;
  private final Deque<OfName> dirty = new ArrayDeque<>();
  private final Deque<OfName> unresolved = new ArrayDeque<>();
  private final List<Named> seen = new ArrayList<>();
  private int errors;

  Solver(Universe universe, State state) {
    this.universe = universe;
    this.state = state;
  }

  /** Decides; returns how many errors there were. */
  int solve(List<Demand> world) {
    world.forEach(demand -> discover(demand.name()));
    tieDependents();
    for (Demand demand : world) {
      require(demand, null);
    }
    for (OfName next = next(); next != null; next = next()) {
      select(next);
    }
    return errors;
  }

  /** Records that a package cannot be as it must; returns whether that is news. */
  boolean fail(Candidate candidate) {
    OfCandidate of = state.of(candidate);
    if (of.error) {
      return false;
    }
    of.error = true;
    errors++;
    return true;
  }

  int errors() {
    return errors;
  }

  private @Nullable OfName next() {
    for (OfName each = dirty.poll(); each != null; each = dirty.poll()) {
      each.queued = false;
      reconsider(each);
    }
    OfName best = null;
    for (OfName each : unresolved) {
      if (each.demandsKnown && each.requirers > 0 && !each.hasOptions) {
        return each;
      }
      if (best == null || precedes(each, best)) {
        best = each;
      }
    }
    return best;
  }

  /** Decides names that are asked for first, then names of packages, then the deepest. */
  private static boolean precedes(OfName a, OfName b) {
    if ((a.requirers > 0) != (b.requirers > 0)) {
      return a.requirers > 0;
    }
    if (a.name.virtuality != b.name.virtuality) {
      return a.name.virtuality < b.name.virtuality;
    }
    return a.depth > b.depth;
  }

  private void discover(Named name) {
    OfName of = state.of(name);
    if (of.seen) {
      return;
    }
    of.seen = true;
    seen.add(name);
    of.cannotFollow = true;
    for (Offer provider : name.providers) {
      Candidate candidate = provider.candidate();
      OfCandidate each = state.of(candidate);
      if (!each.seen) {
        each.seen = true;
        each.allowed = universe.untagged;
        each.cannotFollow = candidate.installIf.isEmpty();
        each.tagPreferred =
            candidate.entry.info().installedSize() == 0
                || (candidate.repositories & universe.untagged) != 0;
        each.tagOk = each.tagPreferred;
        for (Demand demand : candidate.depends) {
          discover(demand.name());
          each.depth = Math.max(each.depth, state.of(demand.name()).depth + 1);
        }
      }
      of.cannotFollow &= each.cannotFollow;
      of.depth = Math.max(of.depth, each.depth);
    }
    name.followers.forEach(this::discover);
    for (Offer offer : name.providers) {
      followers(offer.candidate()).forEach(this::discover);
    }
  }

  /** Ties the names that take part to those that depend on them. */
  private void tieDependents() {
    seen.sort(Universe.APK_ORDER);
    for (Named name : seen) {
      OfName of = state.of(name);
      for (Offer provider : name.providers) {
        for (Demand demand : provider.candidate().depends) {
          List<OfName> dependents = state.of(demand.name()).dependents;
          if (dependents.isEmpty() || dependents.get(dependents.size() - 1) != of) {
            dependents.add(of);
          }
        }
      }
    }
  }

  /** Returns the names that may come with a package, by its own name or one that it provides. */
  static Set<Named> followers(Candidate candidate) {
    Set<Named> followers = new LinkedHashSet<>(candidate.name.followers);
    candidate.provides.forEach(offer -> followers.addAll(offer.name().followers));
    return followers;
  }

  private void queue(OfName name) {
    if (!name.queued && !name.locked && (name.requirers > 0 || name.reconsiderFollowing)) {
      name.queued = true;
      dirty.add(name);
    }
  }

  private void list(OfName name) {
    boolean wanted = name.requirers > 0 || name.follows;
    if (!name.locked && wanted != name.listed) {
      name.listed = wanted;
      if (wanted) {
        unresolved.addFirst(name);
      } else {
        unresolved.remove(name);
      }
    }
  }

  private void reconsiderDependents(Named name) {
    for (OfName dependent : state.of(name).dependents) {
      dependent.reconsiderDepends = true;
      queue(dependent);
    }
  }

  private void reconsiderFollowers(Set<Named> followers) {
    for (Named follower : followers) {
      OfName of = state.of(follower);
      if (of.seen && !of.cannotFollow) {
        of.reconsiderFollowing = true;
        queue(of);
      }
    }
  }

  private void disqualify(OfCandidate of) {
    of.selectable = false;
    reconsiderDependents(of.candidate.name);
    of.candidate.provides.forEach(offer -> reconsiderDependents(offer.name()));
    reconsiderFollowers(followers(of.candidate));
  }

  private void requirersChanged(OfName name) {
    list(name);
    reconsiderFollowers(name.name.followers);
    queue(name);
  }

  /** Puts a demand on a name; {@code by} is null for the world's own. */
  private void require(Demand demand, @Nullable OfCandidate by) {
    OfName name = state.of(demand.name());
    if (!demand.conflict()) {
      name.requirers++;
      if (name.requirers == 1) {
        requirersChanged(name);
      }
    }
    for (Offer provider : demand.name().providers) {
      OfCandidate each = state.of(provider.candidate());
      if (demand.isMetBy(provider)) {
        inherit(each, demand, by);
      } else {
        each.conflicts++;
      }
      if (each.selectable && each.conflicts > 0) {
        disqualify(each);
      }
    }
  }

  /** Lets a package come from the repositories that the one that asks for it may come from. */
  private void inherit(OfCandidate of, @Nullable Demand demand, @Nullable OfCandidate by) {
    int repositories = of.candidate.repositories;
    if (by != null) {
      of.allowed |= by.allowed;
    } else if (demand != null) {
      int tagged = universe.repositories(demand.dependency().tag());
      of.allowed |= tagged;
      of.tagPreferred = (repositories & tagged) != 0;
    }
    of.tagOk |= (repositories & of.allowed) != 0;
  }

  private boolean isSatisfiable(Demand demand) {
    OfName name = state.of(demand.name());
    if (name.locked) {
      return demand.isMetBy(name.chosen);
    }
    if (name.requirers == 0 && demand.isMetBy(null)) {
      return true;
    }
    return demand.name().providers.stream()
        .anyMatch(
            provider -> state.of(provider.candidate()).selectable && demand.isMetBy(provider));
  }

  /** Looks again at the packages that may stand for a name. */
  private void reconsider(OfName of) {
    boolean depends = of.reconsiderDepends;
    boolean following = of.reconsiderFollowing;
    of.reconsiderDepends = false;
    of.reconsiderFollowing = false;
    boolean follows = false;
    boolean cannotFollow = true;
    boolean tagsOk = true;
    List<Offer> options = new ArrayList<>();
    for (Offer provider : of.name.providers) {
      OfCandidate each = state.of(provider.candidate());
      each.merged = false;
      if (depends
          && each.selectable
          && !each.candidate.depends.stream().allMatch(this::isSatisfiable)) {
        disqualify(each);
      }
      if (!each.selectable) {
        continue;
      }
      if (following) {
        reconsiderFollowing(each);
      }
      follows |= each.follows;
      cannotFollow &= each.cannotFollow;
      if (of.requirers > 0) {
        each.merged = true;
        tagsOk &= each.tagOk;
        options.add(provider);
      }
    }
    of.hasOptions = options.size() > 1 || !tagsOk;
    of.follows = follows;
    of.cannotFollow = cannotFollow;
    list(of);
    if (!options.isEmpty()) {
      for (Offer provider : of.name.providers) {
        OfCandidate each = state.of(provider.candidate());
        each.used = each.merged;
      }
      propagate(options);
      excludeRivals(of.name, options);
    }
    of.demandsKnown = of.dependents.stream().allMatch(dependent -> dependent.locked);
  }

  private void reconsiderFollowing(OfCandidate of) {
    if (!of.follows && !of.cannotFollow) {
      of.follows = true;
      for (Demand condition : of.candidate.installIf) {
        OfName name = state.of(condition.name());
        if (!name.locked || !condition.isMetBy(name.chosen)) {
          of.follows = false;
          of.cannotFollow = name.locked;
          break;
        }
      }
    }
    if (of.follows) {
      for (Demand condition : of.candidate.installIf) {
        Offer chosen = state.of(condition.name()).chosen;
        inherit(of, null, chosen == null ? null : state.of(chosen.candidate()));
      }
    }
  }

  /** Asks already now for what all packages that are left depend on. */
  private void propagate(List<Offer> options) {
    Candidate first = options.get(0).candidate();
    Set<Named> common = new LinkedHashSet<>();
    for (Demand demand : first.depends) {
      if (!demand.conflict()) {
        common.add(demand.name());
      }
    }
    for (Offer option : options.subList(1, options.size())) {
      Set<Named> others = new LinkedHashSet<>();
      for (Demand demand : option.candidate().depends) {
        if (!demand.conflict()) {
          others.add(demand.name());
        }
      }
      common.retainAll(others);
    }
    for (Demand demand : first.depends) {
      if (!common.remove(demand.name())) {
        continue;
      }
      OfName name = state.of(demand.name());
      if (options.size() == 1) {
        require(demand, state.of(first));
      } else if (name.requirers == 0) {
        name.requirers = 1;
        requirersChanged(name);
        for (Offer provider : demand.name().providers) {
          inherit(state.of(provider.candidate()), null, state.of(first));
        }
      }
    }
  }

  /** Drops packages that offer what all packages left for a name offer, but not the name itself. */
  private void excludeRivals(Named name, List<Offer> options) {
    Candidate first = options.get(0).candidate();
    Set<Named> common = offers(first);
    for (Offer option : options.subList(1, options.size())) {
      common.retainAll(offers(option.candidate()));
    }
    common.remove(name);
    for (Named each : common) {
      exclude(each, name, options.stream().anyMatch(option -> offersVirtually(option, each)));
    }
  }

  private static Set<Named> offers(Candidate candidate) {
    Set<Named> offers = new LinkedHashSet<>();
    offers.add(candidate.name);
    candidate.provides.forEach(offer -> offers.add(offer.name()));
    return offers;
  }

  private static boolean offersVirtually(Offer option, Named name) {
    if (option.candidate().name == name) {
      return option.isVirtual();
    }
    return option.candidate().provides.stream()
        .filter(offer -> offer.name() == name)
        .findFirst()
        .map(offer -> offer.dependency().version().isEmpty())
        .orElse(false);
  }

  private void exclude(Named shared, Named needed, boolean skipVirtual) {
    for (Offer provider : shared.providers) {
      Candidate candidate = provider.candidate();
      OfCandidate each = state.of(candidate);
      if (candidate.name != needed
          && each.selectable
          && !(skipVirtual && provider.isVirtual())
          && candidate.provides.stream()
              .noneMatch(
                  offer ->
                      offer.name() == needed
                          || (skipVirtual && offer.dependency().version().isEmpty()))) {
        disqualify(each);
      }
    }
  }

  private void select(OfName of) {
    Offer best = null;
    if (of.requirers > 0 || of.follows) {
      for (Offer provider : of.name.providers) {
        OfCandidate each = state.of(provider.candidate());
        boolean eligible = of.requirers > 0 || (each.follows && each.tagOk);
        if (eligible
            && !isArbitrary(provider)
            && (best == null || Preference.compare(state, provider, best) > 0)) {
          best = provider;
        }
      }
    }
    if (best == null) {
      assign(of.name, null);
      errors += of.requirers > 0 ? 1 : 0;
      return;
    }
    Candidate chosen = best.candidate();
    OfCandidate each = state.of(chosen);
    if (!each.selectable || !each.tagOk) {
      fail(chosen);
    }
    assign(chosen.name, new Offer(chosen, chosen.entry.info().version()));
    for (Demand offer : chosen.provides) {
      assign(offer.name(), new Offer(chosen, offer.dependency().version()));
    }
    for (Demand demand : chosen.depends) {
      require(demand, each);
    }
  }

  /** Returns whether choosing a provider of a name without a version would be mere guessing. */
  private boolean isArbitrary(Offer provider) {
    return provider.isVirtual()
        && state.of(provider.candidate().name).requirers == 0
        && provider.candidate().entry.info().providerPriority() == 0;
  }

  private void assign(Named name, @Nullable Offer provider) {
    OfName of = state.of(name);
    boolean virtual = provider == null || provider.isVirtual();
    if (of.locked) {
      boolean bothVirtual = virtual && (of.chosen == null || of.chosen.isVirtual());
      if (!bothVirtual) {
        if (provider != null) {
          fail(provider.candidate());
        }
        if (of.chosen != null) {
          fail(of.chosen.candidate());
        }
      }
      return;
    }
    of.locked = true;
    of.chosen = provider;
    if (of.listed) {
      of.listed = false;
      unresolved.remove(of);
    }
    if (of.queued) {
      of.queued = false;
      dirty.remove(of);
    }
    for (Offer other : name.providers) {
      boolean same = provider != null && other.candidate() == provider.candidate();
      if (!same && !(virtual && other.isVirtual())) {
        disqualify(state.of(other.candidate()));
      }
    }
    reconsiderDependents(name);
    reconsiderFollowers(provider == null ? name.followers : followers(provider.candidate()));
  }
}
