package io.github.prosodyoci.compile;

import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.apk.Dependency;
import java.io.IOException;
import java.util.Collection;
import java.util.List;

/** Provides the packages that recipes are built against and none of them makes. */
@FunctionalInterface
public interface SysrootRepositories {

  /** Every package comes from a recipe. */
  SysrootRepositories NONE = world -> List.of();

  /**
   * Returns the repositories, opened for what is needed from them; empty if there are none.
   *
   * @param world what all recipes together need from them
   * @throws IOException if a repository cannot be read
   * @throws io.github.prosodyoci.core.FailureException if a repository cannot be trusted, or none
   *     has what is needed
   */
  List<PackageRepository> open(Collection<Dependency> world) throws IOException;
}
