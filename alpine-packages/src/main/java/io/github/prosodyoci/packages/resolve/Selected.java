package io.github.prosodyoci.packages.resolve;

import io.github.prosodyoci.packages.index.IndexEntry;
import java.util.List;

/**
 * A package that was chosen.
 *
 * @param entry the package
 * @param repository the place in the list of repositories of the first one that holds it and may be
 *     used
 * @param why what asked for it: the world first, then packages in the order of installation
 * @param needs the names of the packages that meet what it depends on
 */
public record Selected(IndexEntry entry, int repository, List<Reason> why, List<String> needs) {

  /** Copies the lists. */
  public Selected {
    why = List.copyOf(why);
    needs = List.copyOf(needs);
  }

  /** Returns the package's name. */
  public String name() {
    return entry.info().name();
  }

  /**
   * Returns the names of the packages that it is installed with by its {@code install_if}; empty if
   * something asked for it.
   */
  public List<String> follows() {
    return why.stream()
        .filter(Reason.InstalledWith.class::isInstance)
        .flatMap(reason -> ((Reason.InstalledWith) reason).names().stream())
        .toList();
  }
}
