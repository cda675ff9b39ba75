package io.github.prosodyoci.packages.resolve;

import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.Dependency.Operator;

/**
 * A name that a package has: its own, or one that it provides.
 *
 * @param version the version under which it has the name; empty for one that is provided without
 */
record Offer(Candidate candidate, String name, String version) {

  /** Returns whether no other package with this name can be installed beside it. */
  boolean isOwner() {
    return !version.isEmpty();
  }

  /** Returns whether a demand for the name is reason enough to install the package. */
  boolean isSelectable() {
    return isOwner() || candidate.info().providerPriority() > 0;
  }

  /** Returns whether this is what a dependency names; tag and {@code !} are not looked at. */
  boolean meets(Dependency dependency) {
    return dependency.operator() == Operator.CHECKSUM
        ? name.equals(candidate.name()) && candidate.entry().identity().equals(dependency.version())
        : dependency.accepts(version);
  }
}
