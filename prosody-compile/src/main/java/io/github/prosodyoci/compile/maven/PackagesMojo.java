package io.github.prosodyoci.compile.maven;

import com.sun.management.OperatingSystemMXBean;
import io.github.prosodyoci.compile.CompileListener;
import io.github.prosodyoci.compile.CompileRequest;
import io.github.prosodyoci.compile.PackageCompiler;
import io.github.prosodyoci.compile.run.IsolationMode;
import io.github.prosodyoci.compile.run.StepLimits;
import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.OutputTimestamp;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.lock.LockUse;
import io.github.prosodyoci.packages.maven.RepositoryAccess;
import io.github.prosodyoci.packages.maven.RepositoryParameter;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Builds Alpine packages from recipes: in parallel, with a compiler that comes from Maven Central,
 * kept apart from this machine where its kernel allows that. A package that was built before from
 * the very same inputs is taken from the cache. The result is a signed repository.
 */
@Mojo(name = "packages", defaultPhase = LifecyclePhase.COMPILE, threadSafe = true)
public final class PackagesMojo extends AbstractMojo {

  /** Used where no build timestamp is set: the earliest that every archive format can hold. */
  private static final String EARLIEST = "1980-01-01T00:00:00Z";

  /** Folders with recipes, or single ones (docs/recipes.md). */
  @Parameter(
      property = "prosodyoci.recipes",
      defaultValue = "${project.basedir}/src/main/recipes",
      required = true)
  private List<File> recipes = List.of();

  /** The platform to build for, {@code linux/amd64} or {@code linux/arm64}. */
  @Parameter(property = "prosodyoci.platform", defaultValue = "linux/amd64", required = true)
  private String platform = "";

  /** The cache folder, which all builds of a user may share. */
  @Parameter(
      property = "prosodyoci.cache",
      defaultValue = "${user.home}/.cache/prosody-oci",
      required = true)
  private @Nullable File cache;

  /**
   * The key that vouches for built packages in the cache, made on first use: a package that it has
   * not signed is built again. Keep it where no build step can read it.
   */
  @Parameter(
      property = "prosodyoci.cacheKey",
      defaultValue = "${user.home}/.config/prosody-oci/package-cache.key",
      required = true)
  private @Nullable File cacheKey;

  /** Whether to build all packages again and take none from the cache. */
  @Parameter(property = "prosodyoci.rebuild", defaultValue = "false")
  private boolean rebuild;

  /** Where {@code packages/} and {@code packages.json} go. */
  @Parameter(defaultValue = "${project.build.directory}", required = true)
  private @Nullable File outputFolder;

  /** The report of prosody-verify:sources. A source that it does not call trusted is refused. */
  @Parameter(defaultValue = "${project.build.directory}/verification.json", required = true)
  private @Nullable File verificationFile;

  /**
   * Where packages come from that recipes are built against and none of them makes: official Alpine
   * repositories, for instance. What comes from the network is pinned by {@code lockFile}.
   */
  @Parameter private List<RepositoryParameter> repositories = List.of();

  /**
   * The lock of what comes from the network: needed as soon as a repository has an address. It is
   * to be committed.
   */
  @Parameter(
      property = "prosodyoci.compile.lockFile",
      defaultValue = "${project.basedir}/sysroot.lock",
      required = true)
  private @Nullable File lockFile;

  /**
   * What to do about the lock: {@code check} that it fits, {@code create} it where there is none,
   * or {@code update} it, from the repositories as they are now.
   */
  @Parameter(property = "prosodyoci.lock", defaultValue = "check", required = true)
  private String lock = "";

  @Parameter(defaultValue = "${session}", readonly = true, required = true)
  private @Nullable MavenSession session;

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
  @Parameter(property = "prosodyoci.stepTimeout", defaultValue = "60")
  private int stepTimeout;

  /**
   * What to do where this machine cannot isolate build steps: {@code required} stops the build,
   * {@code auto} says so and goes on. The default is {@code auto}, and {@code required} where the
   * environment variable {@code CI} is {@code true}.
   */
  @Parameter(property = "prosodyoci.isolation")
  private @Nullable String isolation;

  @Parameter(defaultValue = "${env.CI}", readonly = true)
  private @Nullable String ci;

  @Parameter(defaultValue = "${env.PATH}", readonly = true)
  private @Nullable String path;

  /**
   * The time of everything that is built, as ISO 8601 or in seconds since 1970. A change builds all
   * packages again.
   */
  @Parameter(defaultValue = "${project.build.outputTimestamp}")
  private @Nullable String outputTimestamp;

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.compile.skip", defaultValue = "false")
  private boolean skip;

  @Override
  public void execute() throws MojoExecutionException, MojoFailureException {
    if (skip) {
      getLog().info("Building of packages is skipped (prosodyoci.compile.skip)");
      return;
    }
    try {
      long start = System.nanoTime();
      PackageCompiler.Outcome outcome = new PackageCompiler(new LogListener()).compile(request());
      getLog()
          .info(
              outcome.packages()
                  + " packages in "
                  + outcome.report().repository()
                  + " ("
                  + outcome.builtRecipes()
                  + " recipes built, "
                  + outcome.cachedRecipes()
                  + " cached) in "
                  + Math.round((System.nanoTime() - start) / 1e8) / 10.0
                  + " s, index "
                  + outcome.report().index());
    } catch (FailureException | IllegalArgumentException e) {
      throw new MojoFailureException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MojoExecutionException("The build of packages was interrupted", e);
    }
  }

  private CompileRequest request() {
    Platform target = Platform.parse(platform);
    int cores = jobs > 0 ? jobs : Runtime.getRuntime().availableProcessors();
    return new CompileRequest(
        recipes.stream().map(File::toPath).toList(),
        target,
        BuildHost.current(),
        given(cache),
        given(cacheKey),
        rebuild,
        given(outputFolder),
        given(verificationFile),
        Optional.ofNullable(signingKey).map(File::toPath),
        cores,
        StepLimits.of(Duration.ofMinutes(stepTimeout), cores, machineMemory()),
        IsolationMode.of(Optional.ofNullable(isolation), Optional.ofNullable(ci)),
        timestamp(),
        searchPath(),
        world -> open(target, world));
  }

  private List<PackageRepository> open(Platform target, Collection<Dependency> world)
      throws IOException {
    if (session == null || repositories.isEmpty()) {
      return List.of();
    }
    return new RepositoryAccess(session, getLog(), given(cache), given(lockFile))
        .open(repositories, target, world, LockUse.parse(lock));
  }

  private Instant timestamp() {
    // Maven takes a single character for "none" (maven-archiver, "Reproducible Builds").
    String text = outputTimestamp == null ? "" : outputTimestamp.strip();
    return OutputTimestamp.parse(text.length() < 2 ? EARLIEST : text);
  }

  /** Returns the memory that this process may use at most, of the machine or of its container. */
  private static long machineMemory() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
  }

  private List<Path> searchPath() {
    return Arrays.stream(((path == null ? "" : path) + ":/usr/bin:/bin").split(":", -1))
        .filter(folder -> folder.startsWith("/"))
        .map(Path::of)
        .toList();
  }

  private static Path given(@Nullable File parameter) {
    if (parameter == null) {
      throw new IllegalArgumentException("A required parameter is not set");
    }
    return parameter.toPath();
  }

  private final class LogListener implements CompileListener {
    @Override
    public void info(String line) {
      getLog().info(line);
    }

    @Override
    public void warn(String line) {
      getLog().warn(line);
    }

    @Override
    public void debug(String line) {
      getLog().debug(line);
    }
  }
}
