package io.github.prosodyoci.rootfs.maven;

import io.github.prosodyoci.archive.Platform;
import io.github.prosodyoci.rootfs.RootfsException;
import io.github.prosodyoci.rootfs.RootfsException.Code;
import io.github.prosodyoci.rootfs.install.PackageRepository;
import io.github.prosodyoci.rootfs.lock.Lock;
import io.github.prosodyoci.rootfs.lock.Locker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.maven.plugins.annotations.Mojo;

/**
 * Locks what comes from repositories on the network: writes {@code alpine.lock} with each package's
 * version, address, size and digests, as the repositories are now. Builds then take exactly these,
 * until this goal is run again. Other platforms in the lock stay as they are.
 */
@Mojo(name = "lock", threadSafe = true)
public final class LockMojo extends AbstractRootfsMojo {

  @Override
  String goal() {
    return "alpine-rootfs:lock";
  }

  @Override
  void run(Platform target) throws IOException {
    if (repositories.stream().noneMatch(RepositoryParameter::isRemote)) {
      throw new RootfsException(
          Code.CONFIGURATION,
          "Could not lock packages: no repository has an address. Only what comes from the network"
              + " is locked; name a <repository> with a <url>.");
    }
    Path file = lockFile.toPath();
    Lock before = Lock.read(file);
    Locker locker = new Locker(target, documents(), store(), before);
    List<Locker.Indexed> indexed = new ArrayList<>();
    for (RepositoryParameter repository : repositories) {
      if (repository.isRemote()) {
        indexed.add(locker.index(repository.remote(this::warn)));
      } else {
        PackageRepository local = repository.open(target, this::warn);
        indexed.add(new Locker.Indexed(local.packages(), Optional.empty(), local.index()));
      }
    }
    Lock after = before.with(target, locker.lock(indexed, world()));
    long packages =
        after.target(target).stream()
            .flatMap(locked -> locked.repositories().stream())
            .mapToLong(repository -> repository.packages().size())
            .sum();
    if (after.equals(before)) {
      getLog().info("Lock of " + packages + " packages for " + target + " is up to date");
      return;
    }
    after.write(file);
    getLog().info("Locked " + packages + " packages for " + target + " in " + file);
  }
}
