package io.github.prosodyoci.packages.maven;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.maven.Parameters;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.apk.Dependency;
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
public final class WhyMojo extends WorldGoal {

  /** The package, or a name that one provides, such as {@code so:libz.so.1}. */
  @Parameter(property = "prosodyoci.why")
  private @Nullable String name;

  @Override
  protected void run() throws IOException {
    String asked =
        Parameters.text(name)
            .orElseThrow(
                () ->
                    Failure.of(
                            CommonCode.CONFIGURATION,
                            "tell why a package is in the image",
                            "",
                            "no package is named")
                        .advising("Add -Dprosodyoci.why=<package>.")
                        .toException());
    List<Dependency> world = world();
    for (Platform platform : platforms()) {
      announce(platform);
      List<Repository> opened =
          open(platform, world, LockUse.CHECK).stream().map(PackageRepository::packages).toList();
      Why.explain(new Resolver(opened).resolve(world), opened, asked).forEach(getLog()::info);
    }
  }
}
