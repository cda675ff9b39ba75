package io.github.prosodyoci.rootfs.resolve;

import io.github.prosodyoci.rootfs.resolve.Universe.Candidate;
import io.github.prosodyoci.rootfs.resolve.Universe.Named;
import io.github.prosodyoci.rootfs.resolve.Universe.Offer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one run of the solver knows about names and packages so far. */
final class State {

  /** About a name. */
  static final class OfName {
    final Named name;

    /** Names, a provider of which depends on this one; none stands twice. */
    final List<OfName> dependents = new ArrayList<>();

    /** How many demands for the name were found; may count one more than once. */
    int requirers;

    /** The world has an entry for the name, be it that nobody may stand for it. */
    boolean inWorld;

    /** Who stands for the name is decided. */
    boolean locked;

    @Nullable Offer chosen;
    boolean seen;

    /** The longest chain of dependencies below the name. */
    int depth;

    /** Its packages' dependencies must be looked at again. */
    boolean reconsiderDepends;

    /** Its packages' install_if must be looked at again. */
    boolean reconsiderFollowing;

    /** Some package of the name follows packages that are chosen already. */
    boolean follows;

    /** No package of the name can come by install_if any more. */
    boolean cannotFollow;

    boolean hasOptions;

    /** All names that might still ask for it are decided. */
    boolean demandsKnown;

    boolean queued;
    boolean listed;

    OfName(Named name) {
      this.name = name;
    }
  }

  /** About a package. */
  static final class OfCandidate {
    final Candidate candidate;
    boolean seen;
    boolean selectable = true;
    boolean error;
    int conflicts;
    int depth;

    /** Its install_if is met. */
    boolean follows;

    /** Its install_if cannot be met any more, or it has none. */
    boolean cannotFollow;

    /** The repositories that it may come from. */
    int allowed;

    boolean tagOk;
    boolean tagPreferred;

    /** Its dependencies took part in what its name's packages were found to have in common. */
    boolean merged;

    boolean used;

    OfCandidate(Candidate candidate) {
      this.candidate = candidate;
    }
  }

  private final @Nullable OfName[] names;
  private final @Nullable OfCandidate[] candidates;

  State(Universe universe) {
    names = new @Nullable OfName[universe.nameCount()];
    candidates = new @Nullable OfCandidate[universe.candidateCount()];
  }

  OfName of(Named name) {
    OfName state = names[name.id];
    if (state == null) {
      state = new OfName(name);
      names[name.id] = state;
    }
    return state;
  }

  OfCandidate of(Candidate candidate) {
    OfCandidate state = candidates[candidate.id];
    if (state == null) {
      state = new OfCandidate(candidate);
      candidates[candidate.id] = state;
    }
    return state;
  }
}
