package io.github.prosodyoci.packages.resolve;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.packages.PackageCode;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.index.IndexEntry;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Chooses the packages that a world needs from some repositories: a solution if there is one, and
 * among several the one that docs/resolver.md prefers.
 */
public final class Resolver {

  private static final int MAX_REPOSITORIES = 31;

  private final List<Repository> repositories;
  private final List<IndexEntry> installed;

  /**
   * Creates a resolver for an empty root.
   *
   * @param repositories in the order of {@code /etc/apk/repositories}
   * @throws FailureException if they are more than apk allows ({@code configuration})
   */
  public Resolver(List<Repository> repositories) {
    this(repositories, List.of());
  }

  /**
   * Creates a resolver for a root that holds packages already: they are preferred to others and to
   * other versions of themselves, and need not be in a repository.
   *
   * @param repositories in the order of {@code /etc/apk/repositories}
   * @param installed what the root holds
   * @throws FailureException if the repositories are more than apk allows ({@code configuration})
   */
  public Resolver(List<Repository> repositories, List<IndexEntry> installed) {
    if (repositories.size() > MAX_REPOSITORIES) {
      throw Failure.of(
              CommonCode.CONFIGURATION,
              "use",
              repositories.size() + " repositories",
              "apk allows " + MAX_REPOSITORIES)
          .advising("Name fewer.")
          .toException();
    }
    this.repositories = List.copyOf(repositories);
    this.installed = List.copyOf(installed);
  }

  /**
   * Chooses.
   *
   * @param world what must be there, as in {@code /etc/apk/world}, in any order
   * @throws FailureException if there is no solution ({@code unsatisfiable}), and the message names
   *     a smallest set of demands that collide; or if the search takes too long ({@code limit})
   */
  public Solution resolve(Collection<Dependency> world) {
    Catalog catalog = new Catalog(repositories, installed);
    List<Dependency> entries =
        world.stream()
            .distinct()
            .sorted(Comparator.comparing(Dependency::name).thenComparing(Dependency::toString))
            .toList();
    for (Dependency entry : entries) {
      if (!entry.tag().isEmpty() && catalog.repositories(entry.tag()) == 0) {
        throw Failure.of(
                PackageCode.UNSATISFIABLE,
                "choose",
                "packages for the world",
                entry
                    + " asks for a repository with the tag @"
                    + entry.tag()
                    + ", and no repository has it")
            .advising("Give a repository this tag, or remove the tag.")
            .toException();
      }
    }
    BitSet all = new BitSet();
    all.set(0, entries.size());
    Problem problem = new Problem(catalog, entries, false);
    Clauses clauses = new Clauses(problem, false);
    Consistency consistency = new Consistency(clauses);
    if (!consistency.holds(all, List.of())) {
      problem = new Problem(catalog, entries, true);
      clauses = new Clauses(problem, false);
      consistency = new Consistency(clauses);
      if (!consistency.holds(all, List.of())) {
        throw Conflict.of(catalog, entries, clauses, consistency);
      }
    }
    return Selection.of(problem, new Choice(problem, consistency, all).choose());
  }
}
