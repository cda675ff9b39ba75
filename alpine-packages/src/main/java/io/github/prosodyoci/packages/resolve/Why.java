package io.github.prosodyoci.packages.resolve;

import io.github.prosodyoci.packages.apk.Dependency;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Tells why a package is there, from it up to the world. */
public final class Why {

  private final Solution solution;
  private final List<String> lines = new ArrayList<>();
  private final Set<String> told = new HashSet<>();

  private Why(Solution solution) {
    this.solution = solution;
  }

  /**
   * Returns the reasons, a line each, indented by how far they are from the package.
   *
   * @param repositories in the order that the solution was made from
   * @param name a package's name, or one that a package provides, such as {@code so:libz.so.1}
   */
  public static List<String> explain(
      Solution solution, List<Repository> repositories, String name) {
    Why why = new Why(solution);
    List<Selected> found =
        solution.packages().stream().filter(each -> each.name().equals(name)).toList();
    if (found.isEmpty()) {
      found = solution.packages().stream().filter(each -> provides(each, name)).toList();
    }
    for (Selected each : found) {
      why.lines.add(
          each.entry().info().nameVersion()
              + (each.name().equals(name) ? "" : " provides " + name)
              + ", from "
              + repositories.get(each.repository()).location());
      why.tell(each, "  ");
    }
    if (found.isEmpty()) {
      why.lines.add(name + " is not chosen: nothing asks for it." + known(repositories, name));
    }
    return why.lines;
  }

  private static boolean provides(Selected selected, String name) {
    return provides(selected.entry().info().provides(), name);
  }

  private static boolean provides(Collection<Dependency> provides, String name) {
    return provides.stream().anyMatch(offer -> offer.name().equals(name));
  }

  private static String known(List<Repository> repositories, String name) {
    List<String> all =
        repositories.stream()
            .flatMap(repository -> repository.entries().stream())
            .map(entry -> entry.info())
            .filter(info -> info.name().equals(name) || provides(info.provides(), name))
            .map(info -> info.nameVersion())
            .distinct()
            .limit(10)
            .toList();
    return all.isEmpty()
        ? " No repository has it either."
        : " Repositories have " + String.join(", ", all) + ".";
  }

  private void tell(Selected selected, String indent) {
    boolean asked = selected.why().stream().anyMatch(reason -> !(reason instanceof Reason.World));
    if (!told.add(selected.name()) && asked) {
      lines.add(indent + "as told above");
      return;
    }
    for (Reason reason : selected.why()) {
      if (reason instanceof Reason.World world) {
        lines.add(indent + "the world asks for " + world.entry());
      } else if (reason instanceof Reason.InstalledWith with) {
        lines.add(
            indent + "comes by itself (install_if) with " + String.join(" and ", with.names()));
      } else if (reason instanceof Reason.Needed needed) {
        String what = needed.dependency().toString();
        lines.add(
            indent + needed.name() + " needs " + (what.equals(selected.name()) ? "it" : what));
        solution.find(needed.name()).ifPresent(each -> tell(each, indent + "  "));
      }
    }
  }
}
