package io.github.prosodyoci.rootfs.resolve;

import io.github.prosodyoci.rootfs.apk.Version;
import io.github.prosodyoci.rootfs.resolve.State.OfCandidate;
import io.github.prosodyoci.rootfs.resolve.Universe.Candidate;
import io.github.prosodyoci.rootfs.resolve.Universe.Offer;

/** Which of two packages stands for a name (apk-tools, doc/apk-package.5, "provider_priority"). */
final class Preference {

  private Preference() {}

  /** Returns a number above 0 if {@code a} is to be preferred, below 0 if {@code b} is. */
  static int compare(State state, Offer a, Offer b) {
    OfCandidate ofA = state.of(a.candidate());
    OfCandidate ofB = state.of(b.candidate());
    Candidate candidateA = a.candidate();
    Candidate candidateB = b.candidate();
    int result = Boolean.compare(ofA.selectable, ofB.selectable);
    if (result == 0) {
      result = Boolean.compare(ofA.used, ofB.used);
    }
    if (result == 0) {
      result = Integer.compare(ofB.conflicts, ofA.conflicts);
    }
    if (result == 0) {
      result = Boolean.compare(ofA.tagOk, ofB.tagOk);
    }
    if (result == 0) {
      result = Boolean.compare(ofA.tagPreferred, ofB.tagPreferred);
    }
    if (result == 0 && !a.isVirtual() && !b.isVirtual()) {
      result = new Version(a.version()).compareTo(new Version(b.version()));
    }
    if (result == 0 && candidateA.name == candidateB.name) {
      result =
          new Version(candidateA.entry.info().version())
              .compareTo(new Version(candidateB.entry.info().version()));
    }
    if (result == 0) {
      result =
          Integer.compare(
              candidateA.entry.info().providerPriority(),
              candidateB.entry.info().providerPriority());
    }
    if (result == 0) {
      result = Integer.compare(candidateB.firstRepository(), candidateA.firstRepository());
    }
    return result;
  }
}
