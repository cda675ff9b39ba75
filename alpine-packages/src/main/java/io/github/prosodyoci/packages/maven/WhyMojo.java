package io.github.prosodyoci.packages.maven;

import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.PackagesException;
import io.github.prosodyoci.packages.PackagesException.Code;
import io.github.prosodyoci.packages.lock.LockUse;
import io.github.prosodyoci.packages.resolve.Repository;
import io.github.prosodyoci.packages.resolve.Resolver;
import io.github.prosodyoci.packages.resolve.Why;
import java.io.IOException;
import java.util.List;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Tells why a package is in the image: who needs it, and who needs those, up to what the layers ask
 * for. If the packages cannot be chosen at all, tells the smallest set of demands that collide.
 */
@Mojo(name = "why", threadSafe = true)
public final class WhyMojo extends AbstractPackagesMojo {

  /** The package, or a name that one provides, such as {@code so:libz.so.1}. */
  @Parameter(property = "prosodyoci.why")
  @Nullable String name;

  @Override
  String goal() {
    return "alpine-packages:why";
  }

  @Override
  void run(Platform target) throws IOException {
    if (name == null || name.isBlank()) {
      throw new PackagesException(
          Code.CONFIGURATION,
          "Could not tell why a package is there: none is named. Add -Dprosodyoci.why=<package>.");
    }
    List<Repository> opened =
        open(target, LockUse.CHECK).stream().map(PackageRepository::packages).toList();
    Why.explain(new Resolver(opened).resolve(world()), opened, name.strip())
        .forEach(getLog()::info);
  }
}
