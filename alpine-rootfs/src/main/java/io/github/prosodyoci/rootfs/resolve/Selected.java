package io.github.prosodyoci.rootfs.resolve;

import io.github.prosodyoci.rootfs.index.IndexEntry;
import java.util.List;

/**
 * A package that was chosen.
 *
 * @param entry the package
 * @param repository the place in the list of repositories of the first one that holds it
 * @param why who asked for it, a line each: {@code world: lua5.4}, {@code lua-sec: so:libssl.so.3}
 *     or {@code installed with: a b}
 * @param needs the names of the packages that meet what it depends on
 * @param follows the names of the packages that it is installed with by its {@code install_if};
 *     empty if it was asked for
 */
public record Selected(
    IndexEntry entry, int repository, List<String> why, List<String> needs, List<String> follows) {

  /** Copies the lists. */
  public Selected {
    why = List.copyOf(why);
    needs = List.copyOf(needs);
    follows = List.copyOf(follows);
  }

  /** Returns the package's name. */
  public String name() {
    return entry.info().name();
  }
}
