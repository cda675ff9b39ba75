package io.github.prosodyoci.rootfs.resolve;

import io.github.prosodyoci.rootfs.apk.Dependency;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/** Finds and tells why a world cannot be. */
final class Conflict {

  private Conflict() {}

  /**
   * Returns a part of the world that still fails, and would not if any entry of it were left out.
   */
  static List<Dependency> shrink(Collection<Dependency> world, Predicate<List<Dependency>> fails) {
    List<Dependency> core = new ArrayList<>(world);
    for (Dependency entry : List.copyOf(world)) {
      List<Dependency> less = new ArrayList<>(core);
      less.remove(entry);
      if (fails.test(less)) {
        core = less;
      }
    }
    return core;
  }

  static String explain(List<Dependency> core, List<String> problems) {
    return "Could not choose packages for the world: "
        + Dependency.join(core)
        + (core.size() == 1 ? " cannot be installed: " : " cannot be installed together: ")
        + (problems.isEmpty()
            ? "several of their packages provide the same name"
            : String.join("; ", problems))
        + ". Change these entries, or add a repository that has what is missing.";
  }
}
