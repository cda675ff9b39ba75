package io.github.prosodyoci.packages.resolve;

import io.github.prosodyoci.packages.apk.Dependency;
import java.util.List;

/** Why a package was chosen. */
public sealed interface Reason {

  /**
   * An entry of the world asks for it.
   *
   * @param entry the entry
   */
  record World(Dependency entry) implements Reason {
    @Override
    public String toString() {
      return "world: " + entry;
    }
  }

  /**
   * A package depends on it.
   *
   * @param name the name of the package that needs it
   * @param dependency what that package asks for
   */
  record Needed(String name, Dependency dependency) implements Reason {
    @Override
    public String toString() {
      return name + ": " + dependency;
    }
  }

  /**
   * It is installed by itself beside others ({@code install_if}).
   *
   * @param names the names of the packages that meet its conditions
   */
  record InstalledWith(List<String> names) implements Reason {

    /** Copies the list. */
    public InstalledWith {
      names = List.copyOf(names);
    }

    @Override
    public String toString() {
      return "installed with: " + String.join(" ", names);
    }
  }
}
