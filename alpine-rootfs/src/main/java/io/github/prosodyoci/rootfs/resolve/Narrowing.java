package io.github.prosodyoci.rootfs.resolve;

import io.github.prosodyoci.rootfs.resolve.State.OfCandidate;
import io.github.prosodyoci.rootfs.resolve.State.OfName;
import io.github.prosodyoci.rootfs.resolve.Universe.Candidate;
import io.github.prosodyoci.rootfs.resolve.Universe.Demand;
import io.github.prosodyoci.rootfs.resolve.Universe.Named;
import io.github.prosodyoci.rootfs.resolve.Universe.Offer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Narrows which packages may still stand for a name, by what is asked for and decided so far. */
final class Narrowing {

  private final Universe universe;
  private final State state;
  private final Agenda agenda;

  Narrowing(Universe universe, State state, Agenda agenda) {
    this.universe = universe;
    this.state = state;
    this.agenda = agenda;
  }

  /** Puts a demand on a name; {@code by} is null for the world's own. */
  void require(Demand demand, @Nullable OfCandidate by) {
    OfName name = state.of(demand.name());
    if (!demand.conflict()) {
      name.requirers++;
      if (name.requirers == 1) {
        agenda.wanted(name);
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
        agenda.disqualify(each);
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
  void reconsider(OfName of) {
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
        agenda.disqualify(each);
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
    agenda.list(of);
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
        agenda.wanted(name);
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
    return new LinkedHashSet<>(candidate.names);
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
        agenda.disqualify(each);
      }
    }
  }
}
