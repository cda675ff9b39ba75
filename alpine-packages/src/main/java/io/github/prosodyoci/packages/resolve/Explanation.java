package io.github.prosodyoci.packages.resolve;

import io.github.prosodyoci.packages.apk.Dependency;
import java.util.List;
import java.util.stream.Collectors;

/** Says demands in words. */
final class Explanation {

  private static final int NAMED = 6;

  private Explanation() {}

  /** Returns what a demand asks for, and why nothing reachable meets it if so. */
  static String demand(Problem problem, Demand demand) {
    Dependency dependency = demand.dependency();
    String by = demand.by() == null ? "the world" : demand.by().toString();
    if (dependency.conflict()) {
      return by + " conflicts with " + dependency.toString().substring(1);
    }
    return by
        + (demand.by() == null ? " asks for " : " needs ")
        + dependency
        + (demand.offers().isEmpty() ? missing(problem, dependency) : "");
  }

  private static String missing(Problem problem, Dependency dependency) {
    List<Offer> named = problem.offers(dependency.name());
    if (named.isEmpty()) {
      return ", which no package provides";
    }
    List<Offer> meeting = named.stream().filter(offer -> offer.meets(dependency)).toList();
    if (meeting.isEmpty()) {
      return ", but there is only " + list(named);
    }
    if (meeting.stream().noneMatch(Offer::isSelectable)) {
      return ", which only "
          + list(meeting)
          + (meeting.size() == 1 ? " provides" : " provide")
          + ", without a version or priority: it must be asked for by its own name";
    }
    return ", which only repositories with a tag have: " + list(meeting);
  }

  private static String list(List<Offer> offers) {
    return offers.stream().limit(NAMED).map(Explanation::shown).collect(Collectors.joining(", "))
        + (offers.size() > NAMED ? " and " + (offers.size() - NAMED) + " more" : "");
  }

  private static String shown(Offer offer) {
    return offer.candidate()
        + (offer.name().equals(offer.candidate().name()) || !offer.isOwner()
            ? ""
            : " (" + offer.name() + "=" + offer.version() + ")");
  }

  /** Returns that the owners of a name exclude each other. */
  static String ownership(String name, List<Candidate> owners) {
    if (owners.stream().allMatch(owner -> owner.name().equals(name))) {
      return "only one version of " + name + " can be installed";
    }
    return "only one of the packages that provide "
        + name
        + " can be installed: "
        + owners.stream().limit(NAMED).map(Candidate::toString).collect(Collectors.joining(", "))
        + (owners.size() > NAMED ? " and " + (owners.size() - NAMED) + " more" : "");
  }

  /** Returns that a package does not come by itself. */
  static String unfounded(Problem problem, Candidate candidate) {
    return candidate
        + (problem.isUntagged(candidate)
            ? " must be asked for by its own name"
            : " is only in a repository with a tag that nothing opens to it");
  }
}
