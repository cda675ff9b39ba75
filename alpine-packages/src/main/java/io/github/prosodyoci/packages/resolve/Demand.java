package io.github.prosodyoci.packages.resolve;

import io.github.prosodyoci.packages.apk.Dependency;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What must be there or, with {@code !}, must not be.
 *
 * @param by the package that asks; null for the world
 * @param dependency what it asks for
 * @param offers the reachable packages that are what it names
 */
record Demand(@Nullable Candidate by, Dependency dependency, List<Offer> offers) {

  /** Returns whether some packages have what it asks for, or with {@code !} lack it. */
  boolean isMetBy(Predicate<Candidate> packages) {
    return offers.stream().anyMatch(offer -> packages.test(offer.candidate()))
        != dependency.conflict();
  }
}
