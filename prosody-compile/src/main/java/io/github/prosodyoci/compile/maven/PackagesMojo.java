package io.github.prosodyoci.compile.maven;

import io.github.prosodyoci.compile.CompileRequest;
import io.github.prosodyoci.compile.CompileResult;
import io.github.prosodyoci.compile.PackageCompiler;
import io.github.prosodyoci.compile.build.BuildSettings;
import io.github.prosodyoci.compile.report.PackagesReport;
import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.maven.Parameters;
import io.github.prosodyoci.packages.lock.LockUse;
import io.github.prosodyoci.packages.maven.RepositoriesGoal;
import java.io.File;
import java.util.List;
import java.util.Optional;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Builds Alpine packages from recipes: in parallel, with the programs of a build root of signed
 * Debian packages, kept apart from this machine where its kernel allows that. A package that was
 * built before from the very same inputs is taken from the cache. The result is a signed
 * repository.
 */
@Mojo(name = "packages", defaultPhase = LifecyclePhase.COMPILE, threadSafe = true)
public final class PackagesMojo extends RepositoriesGoal {

  /** Folders with recipes, or single ones (docs/recipes.md). */
  @Parameter(
      property = "prosodyoci.recipes",
      defaultValue = "${project.basedir}/src/main/recipes",
      required = true)
  private List<File> recipes;

  /**
   * The key that vouches for built packages in the cache, made on first use: a package that it has
   * not signed is built again. Keep it where no build step can read it.
   */
  @Parameter(
      property = "prosodyoci.cacheKey",
      defaultValue = "${user.home}/.config/prosody-oci/package-cache.key",
      required = true)
  private File cacheKey;

  /** Whether to build all packages again and take none from the cache. */
  @Parameter(property = "prosodyoci.compile.force", defaultValue = "false")
  private boolean force;

  /** The report of prosody-verify:sources. A source that it does not call trusted is refused. */
  @Parameter(defaultValue = "${project.build.directory}/verification.json", required = true)
  private File verificationFile;

  /**
   * The lock of what comes from the network: needed as soon as a repository has an address. It is
   * to be committed.
   */
  @Parameter(
      property = "prosodyoci.compile.lockFile",
      defaultValue = "${project.basedir}/sysroot.lock",
      required = true)
  private File lockFile;

  /**
   * What to do about the lock: {@code check} that it fits, {@code create} it where there is none,
   * or {@code update} it, from the repositories as they are now.
   */
  @Parameter(property = "prosodyoci.lock", defaultValue = "check", required = true)
  private String lock;

  /**
   * The RSA private key that signs the repository, a PEM file without a password. Its public half
   * gets the same name with {@code .pub}. Without it, a key is made once and kept in the cache.
   */
  @Parameter(property = "prosodyoci.signingKey")
  private @Nullable File signingKey;

  /** How many processor cores to use; 0 for all. */
  @Parameter(property = "prosodyoci.jobs", defaultValue = "0")
  private int jobs;

  /** How many minutes one step of a recipe may take. */
  @Parameter(property = "prosodyoci.stepTimeoutMinutes", defaultValue = "60")
  private int stepTimeoutMinutes;

  /**
   * What to do where this machine cannot isolate build steps: {@code required} stops the build,
   * {@code auto} says so and goes on. The default is {@code auto}, and {@code required} where the
   * environment variable {@code CI} is {@code true}.
   */
  @Parameter(property = "prosodyoci.isolation")
  private @Nullable String isolation;

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.compile.skip", defaultValue = "false")
  private boolean skip;

  /** Creates the goal. */
  public PackagesMojo() {
    super("prosodyoci.compile.skip");
  }

  @Override
  protected boolean isSkipped() {
    return skip;
  }

  @Override
  protected void run() throws InterruptedException {
    long start = System.nanoTime();
    CompileResult result = new PackageCompiler(new LogListener(getLog())).compile(request());
    getLog()
        .info(
            result.packages()
                + " packages in "
                + outputFolder().resolve("packages")
                + " ("
                + result.builtRecipes()
                + " recipes built, "
                + result.cachedRecipes()
                + " cached) in "
                + Math.round((System.nanoTime() - start) / 1e8) / 10.0
                + " s");
    for (PackagesReport report : result.reports()) {
      getLog().info("  " + report.platform() + "  index " + report.index());
    }
  }

  private CompileRequest request() {
    LockUse lockUse = Parameters.parse("prosodyoci.lock", lock, LockUse::parse);
    Machine machine = new Machine(session().getSystemProperties(), jobs);
    return new CompileRequest(
        recipes.stream().map(File::toPath).toList(),
        platforms().stream().map(platform -> target(platform, lockUse)).toList(),
        verificationFile.toPath(),
        outputFolder(),
        Optional.ofNullable(signingKey).map(File::toPath),
        new BuildSettings(
            BuildHost.current(),
            cache(),
            cacheKey.toPath(),
            force,
            machine.cores(),
            machine.limits(stepTimeoutMinutes),
            machine.isolation(isolation),
            outputTimestamp()));
  }

  private CompileRequest.Target target(Platform platform, LockUse lockUse) {
    return new CompileRequest.Target(
        platform,
        folder(platform).resolve("packages.json"),
        world ->
            repositories().isEmpty()
                ? List.of()
                : open(lockFile.toPath(), platform, world, lockUse));
  }
}
