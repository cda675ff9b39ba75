package io.github.prosodyoci.rootfs.resolve;

import io.github.prosodyoci.rootfs.resolve.State.OfCandidate;
import io.github.prosodyoci.rootfs.resolve.State.OfName;
import io.github.prosodyoci.rootfs.resolve.Universe.Candidate;
import io.github.prosodyoci.rootfs.resolve.Universe.Demand;
import io.github.prosodyoci.rootfs.resolve.Universe.Named;
import io.github.prosodyoci.rootfs.resolve.Universe.Offer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides name by name who stands for it, in one pass without going back, as apk-tools 2.14 does:
 * each decision narrows what is left for the names that depend on it.
 */
final class Solver {

  private final State state;
  private final Agenda agenda;
  private final Discovery discovery;
  private final Narrowing narrowing;
  private int errors;

  Solver(Universe universe, State state) {
    this.state = state;
    this.agenda = new Agenda(state);
    this.discovery = new Discovery(universe, state);
    this.narrowing = new Narrowing(universe, state, agenda);
  }

  /** Decides; {@link #errors} then tells how well it went. */
  void solve(List<Demand> world) {
    discovery.from(world);
    for (Demand demand : world) {
      narrowing.require(demand, null);
    }
    for (OfName next = next(); next != null; next = next()) {
      select(next);
    }
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

  /** Returns how many errors there were. */
  int errors() {
    return errors;
  }

  private @Nullable OfName next() {
    for (OfName each = agenda.nextDirty(); each != null; each = agenda.nextDirty()) {
      narrowing.reconsider(each);
    }
    return agenda.nextUndecided();
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
      narrowing.require(demand, each);
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
    agenda.drop(of);
    for (Offer other : name.providers) {
      boolean same = provider != null && other.candidate() == provider.candidate();
      if (!same && !(virtual && other.isVirtual())) {
        agenda.disqualify(state.of(other.candidate()));
      }
    }
    agenda.reconsiderDependents(name);
    List<Named> names = provider == null ? List.of(name) : provider.candidate().names;
    names.forEach(agenda::reconsiderFollowers);
  }
}
