package io.github.prosodyoci.rootfs.resolve;

import io.github.prosodyoci.rootfs.resolve.State.OfCandidate;
import io.github.prosodyoci.rootfs.resolve.State.OfName;
import io.github.prosodyoci.rootfs.resolve.Universe.Named;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Which names to look at again, and which to decide next. The order is part of what makes the
 * choice the same as apk's.
 */
final class Agenda {

  private final State state;
  private final Deque<OfName> dirty = new ArrayDeque<>();
  private final Deque<OfName> undecided = new ArrayDeque<>();

  Agenda(State state) {
    this.state = state;
  }

  /** Returns the next name to look at again, or null if there is none. */
  @Nullable OfName nextDirty() {
    OfName next = dirty.poll();
    if (next != null) {
      next.queued = false;
    }
    return next;
  }

  /** Returns the name to decide next, or null if all are decided. */
  @Nullable OfName nextUndecided() {
    OfName best = null;
    for (OfName each : undecided) {
      if (each.demandsKnown && each.requirers > 0 && !each.hasOptions) {
        return each;
      }
      if (best == null || precedes(each, best)) {
        best = each;
      }
    }
    return best;
  }

  /** Decides the world's names first, then names of packages, then the deepest. */
  private static boolean precedes(OfName a, OfName b) {
    if (a.inWorld != b.inWorld) {
      return a.inWorld;
    }
    if (a.name.virtuality() != b.name.virtuality()) {
      return a.name.virtuality() < b.name.virtuality();
    }
    if (a.depth != b.depth) {
      return a.depth > b.depth;
    }
    return a.requirers > 0 && b.requirers == 0;
  }

  private void look(OfName name) {
    if (!name.queued && !name.locked && (name.requirers > 0 || name.reconsiderFollowing)) {
      name.queued = true;
      dirty.add(name);
    }
  }

  /** Puts a name among those to decide, or takes it away, after what it depends on has changed. */
  void list(OfName name) {
    boolean wanted = name.requirers > 0 || name.follows;
    if (!name.locked && wanted != name.listed) {
      name.listed = wanted;
      if (wanted) {
        undecided.addFirst(name);
      } else {
        undecided.remove(name);
      }
    }
  }

  /** Takes a name that was decided off. */
  void drop(OfName name) {
    if (name.listed) {
      name.listed = false;
      undecided.remove(name);
    }
    if (name.queued) {
      name.queued = false;
      dirty.remove(name);
    }
  }

  /** Has a name looked at that was not asked for until now. */
  void wanted(OfName name) {
    list(name);
    reconsiderFollowers(name.name);
    look(name);
  }

  /** Has the names looked at again that depend on a name. */
  void reconsiderDependents(Named name) {
    for (OfName dependent : state.of(name).dependents) {
      dependent.reconsiderDepends = true;
      look(dependent);
    }
  }

  /** Has the names looked at again that may come with a name. */
  void reconsiderFollowers(Named name) {
    for (Named follower : name.followers) {
      OfName of = state.of(follower);
      if (of.seen && !of.cannotFollow) {
        of.reconsiderFollowing = true;
        look(of);
      }
    }
  }

  /** Rules a package out, and has all looked at again that it matters to. */
  void disqualify(OfCandidate of) {
    of.selectable = false;
    of.candidate.names.forEach(this::reconsiderDependents);
    of.candidate.names.forEach(this::reconsiderFollowers);
  }
}
