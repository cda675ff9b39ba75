package io.github.prosodyoci.packages.maven;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.PackagesException;
import io.github.prosodyoci.packages.PackagesException.Code;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.TrustedKeys;
import io.github.prosodyoci.packages.lock.LockUse;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** What the goals about layers have in common: what is wanted, and where it comes from. */
abstract class AbstractPackagesMojo extends AbstractMojo {

  /**
   * The packages that are wanted, as in {@code /etc/apk/world}: {@code name}, {@code name=1.2-r0},
   * {@code name@tag}.
   */
  @Parameter(property = "prosodyoci.packages", required = true)
  List<String> packages = List.of();

  /**
   * Where packages come from, in the order of {@code /etc/apk/repositories}. By default the one
   * that {@code prosody-compile:packages} has made.
   */
  @Parameter List<RepositoryParameter> repositories = List.of();

  /** The platform of the layers, {@code linux/amd64} or {@code linux/arm64}. */
  @Parameter(property = "prosodyoci.platform", defaultValue = "linux/amd64", required = true)
  String platform = "";

  /**
   * The lock of what comes from the network: needed as soon as a repository has an address. It is
   * to be committed.
   */
  @Parameter(
      property = "prosodyoci.lockFile",
      defaultValue = "${project.basedir}/alpine.lock",
      required = true)
  File lockFile = new File("");

  /** The cache folder, which all builds of a user may share. */
  @Parameter(
      property = "prosodyoci.cache",
      defaultValue = "${user.home}/.cache/prosody-oci",
      required = true)
  File cache = new File("");

  /** The folder that gets {@code layers/} and {@code rootfs.json}. */
  @Parameter(defaultValue = "${project.build.directory}", required = true)
  File outputFolder = new File("");

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.packages.skip", defaultValue = "false")
  boolean skip;

  @Parameter(defaultValue = "${session}", readonly = true, required = true)
  @Nullable MavenSession session;

  @Override
  public final void execute() throws MojoExecutionException, MojoFailureException {
    if (skip) {
      getLog().info("Skipping " + goal() + " (prosodyoci.packages.skip)");
      return;
    }
    try {
      run(Platform.parse(platform));
    } catch (FailureException | IllegalArgumentException e) {
      throw new MojoFailureException(e.getMessage(), e);
    } catch (IOException e) {
      throw new MojoExecutionException("Could not run " + goal() + ": " + e.getMessage(), e);
    }
  }

  /** Returns the goal's name, with its prefix. */
  abstract String goal();

  abstract void run(Platform target) throws IOException;

  final List<Dependency> world() {
    return packages.stream().map(Dependency::parse).distinct().toList();
  }

  /** Opens all repositories in their order: those on the network as far as the lock names them. */
  final List<PackageRepository> open(Platform target, LockUse use) throws IOException {
    return repositories.isEmpty()
        ? List.of(built(target))
        : access().open(repositories, target, world(), use);
  }

  final RepositoryAccess access() {
    if (session == null) {
      throw new IllegalStateException("There is no Maven session");
    }
    return new RepositoryAccess(session, getLog(), cache.toPath(), lockFile.toPath());
  }

  /** Opens the repository that {@code prosody-compile:packages} has made. */
  private PackageRepository built(Platform target) throws IOException {
    Path folder = outputFolder.toPath().resolve("packages");
    Path keys = folder.resolve("keys");
    if (!Files.isDirectory(keys)) {
      throw new PackagesException(
          Code.CONFIGURATION,
          "Could not make layers: there is no "
              + keys
              + ". Run prosody-compile:packages before, or name <repositories>.");
    }
    return PackageRepository.open("packages", "", folder, target, TrustedKeys.read(keys));
  }
}
