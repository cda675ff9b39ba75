package io.github.prosodyoci.rootfs.resolve;

import io.github.prosodyoci.rootfs.resolve.State.OfCandidate;
import io.github.prosodyoci.rootfs.resolve.State.OfName;
import io.github.prosodyoci.rootfs.resolve.Universe.Candidate;
import io.github.prosodyoci.rootfs.resolve.Universe.Demand;
import io.github.prosodyoci.rootfs.resolve.Universe.Named;
import io.github.prosodyoci.rootfs.resolve.Universe.Offer;
import java.util.ArrayList;
import java.util.List;

/** Finds the names and packages that may take part in a choice, before any is made. */
final class Discovery {

  private final Universe universe;
  private final State state;
  private final List<Named> found = new ArrayList<>();

  Discovery(Universe universe, State state) {
    this.universe = universe;
    this.state = state;
  }

  /** Finds all that the world's names lead to. */
  void from(List<Demand> world) {
    for (Demand demand : world) {
      state.of(demand.name()).inWorld = true;
      discover(demand.name());
    }
    tieDependents();
  }

  private void discover(Named name) {
    OfName of = state.of(name);
    if (of.seen) {
      return;
    }
    of.seen = true;
    found.add(name);
    of.cannotFollow = true;
    for (Offer provider : name.providers) {
      OfCandidate each = state.of(provider.candidate());
      if (!each.seen) {
        discover(each);
      }
      of.cannotFollow &= each.cannotFollow;
      of.depth = Math.max(of.depth, each.depth);
    }
    for (Offer provider : name.providers) {
      discoverFollowers(provider.candidate());
    }
  }

  /** Finds what may come with a package; with a name that it provides, if that is new. */
  private void discoverFollowers(Candidate candidate) {
    for (Named own : candidate.names) {
      if (own == candidate.name || !state.of(own).seen) {
        for (Named follower : own.followers) {
          discover(follower);
        }
      }
    }
  }

  private void discover(OfCandidate of) {
    Candidate candidate = of.candidate;
    of.seen = true;
    of.allowed = universe.untagged;
    of.cannotFollow = candidate.installIf.isEmpty();
    of.tagPreferred =
        candidate.entry.info().installedSize() == 0
            || (candidate.repositories & universe.untagged) != 0;
    of.tagOk = of.tagPreferred;
    for (Demand demand : candidate.depends) {
      discover(demand.name());
      of.depth = Math.max(of.depth, state.of(demand.name()).depth + 1);
    }
  }

  /** Ties the names that take part to those that depend on them. */
  private void tieDependents() {
    found.sort(Universe.APK_ORDER);
    for (Named name : found) {
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
}
