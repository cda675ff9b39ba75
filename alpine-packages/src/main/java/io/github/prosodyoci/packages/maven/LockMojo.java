package io.github.prosodyoci.packages.maven;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Platform;
import java.io.IOException;
import org.apache.maven.plugins.annotations.Mojo;

/**
 * Locks what comes from repositories on the network: writes {@code alpine.lock} with each package's
 * version, address, size and digests, as the repositories are now. Builds then take exactly these,
 * until this goal is run again. Other platforms in the lock stay as they are.
 */
@Mojo(name = "lock", threadSafe = true)
public final class LockMojo extends WorldGoal {

  @Override
  protected void run() throws IOException {
    if (repositories().stream().noneMatch(RepositoryParameter::isRemote)) {
      throw Failure.of(CommonCode.CONFIGURATION, "lock", "packages", "no repository has an address")
          .advising("Only what comes from the network is locked; name a <repository> with a <url>.")
          .toException();
    }
    for (Platform platform : platforms()) {
      lock(lockFile(), platform, world());
    }
  }
}
