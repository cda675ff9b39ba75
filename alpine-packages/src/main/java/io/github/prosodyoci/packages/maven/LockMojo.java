package io.github.prosodyoci.packages.maven;

import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.packages.PackagesException;
import io.github.prosodyoci.packages.PackagesException.Code;
import java.io.IOException;
import org.apache.maven.plugins.annotations.Mojo;

/**
 * Locks what comes from repositories on the network: writes {@code alpine.lock} with each package's
 * version, address, size and digests, as the repositories are now. Builds then take exactly these,
 * until this goal is run again. Other platforms in the lock stay as they are.
 */
@Mojo(name = "lock", threadSafe = true)
public final class LockMojo extends AbstractPackagesMojo {

  @Override
  String goal() {
    return "alpine-packages:lock";
  }

  @Override
  void run(Platform target) throws IOException {
    if (repositories.stream().noneMatch(RepositoryParameter::isRemote)) {
      throw new PackagesException(
          Code.CONFIGURATION,
          "Could not lock packages: no repository has an address. Only what comes from the network"
              + " is locked; name a <repository> with a <url>.");
    }
    access().lock(repositories, target, world());
  }
}
