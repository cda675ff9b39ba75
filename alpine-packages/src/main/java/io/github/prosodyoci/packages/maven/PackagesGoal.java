package io.github.prosodyoci.packages.maven;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import io.github.prosodyoci.packages.lock.LockUse;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.maven.plugins.annotations.Parameter;

/** A goal about the packages of an image. */
public abstract class PackagesGoal extends RepositoriesGoal {

  /**
   * The lock of what comes from the network: needed as soon as a repository has an address. It is
   * to be committed.
   */
  @Parameter(
      property = "prosodyoci.lockFile",
      defaultValue = "${project.basedir}/alpine.lock",
      required = true)
  private File lockFile;

  /**
   * Creates a goal.
   *
   * @param skipProperty the property that skips this goal
   */
  protected PackagesGoal(String skipProperty) {
    super(skipProperty);
  }

  /** Returns the lock of what comes from the network. */
  protected final Path lockFile() {
    return lockFile.toPath();
  }

  /**
   * Opens the repositories in their order; if the POM names none, the one that {@code
   * prosody-compile:packages} has made, or none if nothing is needed.
   *
   * @param platform what the packages are to run on
   * @param world what is needed of them
   * @throws IOException if one cannot be read
   * @throws io.github.prosodyoci.core.FailureException if one is not as it should be, or the lock
   *     does not fit
   */
  protected final List<PackageRepository> open(
      Platform platform, List<Dependency> world, LockUse use) throws IOException {
    if (!repositories().isEmpty()) {
      return open(lockFile(), platform, world, use);
    }
    return world.isEmpty() ? List.of() : List.of(built(platform));
  }

  private PackageRepository built(Platform platform) throws IOException {
    Path folder = outputFolder().resolve("packages");
    Path keys = folder.resolve("keys");
    if (!Files.isDirectory(keys)) {
      throw Failure.of(
              CommonCode.CONFIGURATION,
              "take packages from",
              folder.toString(),
              "there is no folder " + keys)
          .advising("Run prosody-compile:packages before, or name <repositories>.")
          .toException();
    }
    return PackageRepository.open("packages", "", folder, platform, TrustedKeys.read(keys));
  }
}
