package io.github.prosodyoci.packages.maven;

import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.fetch.maven.FetchAccess;
import io.github.prosodyoci.fetch.maven.FetchingGoal;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.lock.DeclaredRepository;
import io.github.prosodyoci.packages.lock.LockUse;
import io.github.prosodyoci.packages.lock.Repositories;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.maven.plugins.annotations.Parameter;

/** A goal that takes packages from repositories. */
public abstract class RepositoriesGoal extends FetchingGoal {

  /**
   * Where packages come from, in the order of {@code /etc/apk/repositories}. What comes from the
   * network is pinned by {@code lockFile}.
   */
  @Parameter private List<RepositoryParameter> repositories = List.of();

  /**
   * The folder of what the build makes: packages, layers, reports. With several platforms, layers
   * and reports of each are in a folder therein, such as {@code linux-arm64}.
   */
  @Parameter(defaultValue = "${project.build.directory}", required = true)
  private File outputFolder;

  /**
   * Creates a goal.
   *
   * @param skipProperty the property that skips this goal
   */
  protected RepositoriesGoal(String skipProperty) {
    super(skipProperty);
  }

  /** Returns the folder of what the build makes. */
  protected final Path outputFolder() {
    return outputFolder.toPath();
  }

  /** Returns the folder of what the build makes for a platform alone. */
  protected final Path folder(Platform platform) {
    return folder(outputFolder, platform);
  }

  /** Returns the repositories as the POM names them. */
  protected final List<RepositoryParameter> repositories() {
    return repositories;
  }

  /**
   * Opens the repositories in their order.
   *
   * @param lockFile the lock of what comes from the network
   * @param platform what the packages are to run on
   * @param world what is needed of them
   * @throws IOException if one cannot be read
   * @throws io.github.prosodyoci.core.FailureException if one is not as it should be, or the lock
   *     does not fit
   */
  protected final List<PackageRepository> open(
      Path lockFile, Platform platform, Collection<Dependency> world, LockUse use)
      throws IOException {
    try (FetchAccess access = access()) {
      return reach(access, platform, lockFile).open(read(platform), world, use);
    }
  }

  /** Makes the lock anew for a platform. */
  final void lock(Path lockFile, Platform platform, Collection<Dependency> world)
      throws IOException {
    try (FetchAccess access = access()) {
      reach(access, platform, lockFile).lock(read(platform), world);
    }
  }

  private List<DeclaredRepository> read(Platform platform) throws IOException {
    List<DeclaredRepository> read = new ArrayList<>();
    for (RepositoryParameter each : repositories) {
      read.add(each.read(platform, getLog()::warn));
    }
    return read;
  }

  private Repositories reach(FetchAccess access, Platform platform, Path lockFile) {
    return new Repositories(
        platform,
        lockFile,
        Repositories.Network.of(access.cache(), access.settings(), access.progress()),
        getLog()::info);
  }
}
