package io.github.prosodyoci.rootfs.resolve;

import io.github.prosodyoci.rootfs.RootfsException;
import io.github.prosodyoci.rootfs.RootfsException.Code;
import io.github.prosodyoci.rootfs.apk.Dependency;
import io.github.prosodyoci.rootfs.resolve.Universe.Demand;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Chooses the packages that a world needs from some repositories, as apk-tools 2.14 would in an
 * empty root.
 */
public final class Resolver {

  private static final int MAX_REPOSITORIES = 31;

  /** apk goes through the world as {@code strcasecmp} sorts it, not as its file stands. */
  private static final Comparator<Dependency> APK_WORLD_ORDER =
      Comparator.comparing(Dependency::name, String.CASE_INSENSITIVE_ORDER)
          .thenComparing(Dependency::name);

  private final List<Repository> repositories;

  /**
   * Creates a resolver.
   *
   * @param repositories in the order of {@code /etc/apk/repositories}
   */
  public Resolver(List<Repository> repositories) {
    if (repositories.size() > MAX_REPOSITORIES) {
      throw new RootfsException(
          Code.CONFIGURATION,
          "Could not use "
              + repositories.size()
              + " repositories: apk allows "
              + MAX_REPOSITORIES
              + ". Name fewer.");
    }
    this.repositories = List.copyOf(repositories);
  }

  /**
   * Chooses.
   *
   * @param world what must be there, as in {@code /etc/apk/world}
   * @throws RootfsException if no choice is possible ({@code unsatisfiable}); the message names a
   *     smallest set of entries of the world that collide, and why
   */
  public Solution resolve(Collection<Dependency> world) {
    Universe universe = new Universe(repositories);
    for (Dependency entry : world) {
      if (!entry.tag().isEmpty() && universe.repositories(entry.tag()) == 0) {
        throw new RootfsException(
            Code.UNSATISFIABLE,
            "Could not choose packages for the world: "
                + entry
                + " asks for a repository with the tag @"
                + entry.tag()
                + ", and there is none. Give a repository this tag, or take the tag away.");
      }
    }
    Attempt attempt = attempt(universe, world);
    if (attempt.failed()) {
      List<Dependency> core = Conflict.shrink(world, part -> attempt(universe, part).failed());
      throw new RootfsException(
          Code.UNSATISFIABLE, Conflict.explain(core, attempt(universe, core).problems()));
    }
    return attempt.solution();
  }

  private static Attempt attempt(Universe universe, Collection<Dependency> world) {
    List<Demand> demands = new ArrayList<>();
    world.stream().sorted(APK_WORLD_ORDER).forEach(entry -> demands.add(universe.demand(entry)));
    return Attempt.of(universe, demands);
  }
}
