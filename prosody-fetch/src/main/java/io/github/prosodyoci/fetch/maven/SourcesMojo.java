package io.github.prosodyoci.fetch.maven;

import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.fetch.ContentStore;
import io.github.prosodyoci.fetch.DebianMirrors;
import io.github.prosodyoci.fetch.FetchReport;
import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.fetch.SourceFetcher;
import io.github.prosodyoci.fetch.SourceSet;
import io.github.prosodyoci.maven.SettingsCredentials;
import io.github.prosodyoci.maven.SettingsProxies;
import io.github.prosodyoci.recipe.RecipeDocument;
import java.io.File;
import java.time.Duration;
import java.util.List;
import javax.inject.Inject;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.eclipse.aether.RepositorySystem;
import org.jspecify.annotations.Nullable;

/**
 * Fetches the files that recipes name by their SHA-256, each from the first of its origins that has
 * it, into a store that all builds share. With {@code -o} the network is not touched. What lies in
 * the store is hashed again each time.
 */
@Mojo(name = "sources", defaultPhase = LifecyclePhase.GENERATE_SOURCES, threadSafe = true)
public final class SourcesMojo extends AbstractMojo {

  /**
   * Recipes and plain files of sources: YAML files, or folders whose {@code *.yaml} files are
   * meant. Of a recipe only the list {@code sources} is read here.
   */
  @Parameter(
      property = "prosodyoci.recipes",
      alias = "sources",
      defaultValue = "${project.basedir}/src/main/recipes",
      required = true)
  private List<File> recipes = List.of();

  /**
   * The platform to build for, {@code linux/amd64} or {@code linux/arm64}. Sources with another
   * {@code arch} are not fetched, unless this machine has that architecture.
   */
  @Parameter(property = "prosodyoci.platform", defaultValue = "linux/amd64", required = true)
  private String platform = "";

  /** The cache folder, which all builds of a user may share. */
  @Parameter(
      property = "prosodyoci.cache",
      defaultValue = "${user.home}/.cache/prosody-oci",
      required = true)
  private @Nullable File cache;

  /**
   * Mirrors of the Debian archive, such as {@code https://mirror.example/debian}, several separated
   * by commas. They are asked before those of the machine's own apt configuration; the pinned
   * digest makes every mirror equally safe.
   */
  @Parameter(property = "prosodyoci.debian.mirror", defaultValue = "")
  private @Nullable String debianMirror;

  /** The folder of apt's configuration, whose mirrors are asked; it need not exist. */
  @Parameter(property = "prosodyoci.debian.apt", defaultValue = "/etc/apt", required = true)
  private @Nullable File aptFolder;

  /** How many files are fetched at the same time, at most. */
  @Parameter(property = "prosodyoci.fetch.parallel", defaultValue = "6")
  private int parallel;

  /** The largest size of a file in megabytes (of a million bytes). */
  @Parameter(property = "prosodyoci.fetch.maximumSize", defaultValue = "1000")
  private int maximumSize;

  /** How often an address is asked, at most, that fails for a passing reason. */
  @Parameter(property = "prosodyoci.fetch.attempts", defaultValue = "3")
  private int attempts;

  /** How many seconds to wait for a connection. */
  @Parameter(property = "prosodyoci.fetch.connectTimeout", defaultValue = "10")
  private int connectTimeout;

  /** How many seconds to wait for the next byte of a server. */
  @Parameter(property = "prosodyoci.fetch.silenceTimeout", defaultValue = "30")
  private int silenceTimeout;

  /** How many seconds one address may take in all, with redirects and repeated attempts. */
  @Parameter(property = "prosodyoci.fetch.maximumTime", defaultValue = "3600")
  private int maximumTime;

  /** Where the report goes: each file with its digest, size and origin. */
  @Parameter(defaultValue = "${project.build.directory}/fetch.json", required = true)
  private @Nullable File reportFile;

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.fetch.skip", defaultValue = "false")
  private boolean skip;

  private final MavenSession session;
  private final MavenProject project;
  private final RepositorySystem repositories;

  /** Creates the goal. */
  @Inject
  public SourcesMojo(MavenSession session, MavenProject project, RepositorySystem repositories) {
    this.session = session;
    this.project = project;
    this.repositories = repositories;
  }

  @Override
  public void execute() throws MojoFailureException {
    if (skip) {
      getLog().info("Fetching of sources is skipped (prosodyoci.fetch.skip)");
      return;
    }
    try {
      run();
    } catch (FailureException | IllegalArgumentException e) {
      throw new MojoFailureException(e.getMessage(), e);
    }
  }

  private void run() {
    SourceSet sources =
        SourceSet.of(
            RecipeDocument.sources(recipes.stream().map(File::toPath).toList()),
            Platform.parse(platform).apkArchitecture(),
            BuildHost.current());
    try (LogProgress progress =
        new LogProgress(getLog(), session.getRequest().isInteractiveMode())) {
      FetchReport report =
          sources.fetch(
              new SourceFetcher(
                  new ContentStore(given(cache).toPath(), progress),
                  DebianMirrors.discover(
                      debianMirror == null ? "" : debianMirror, given(aptFolder).toPath()),
                  new ResolvedArtifacts(repositories, session, project),
                  FetchSettings.STANDARD
                      .withOffline(session.isOffline())
                      .withParallel(parallel)
                      .withMaximumBytes(maximumSize * 1_000_000L)
                      .withTimeouts(
                          Duration.ofSeconds(connectTimeout), Duration.ofSeconds(silenceTimeout))
                      .withMaximumTime(Duration.ofSeconds(maximumTime))
                      .withRetries(attempts, FetchSettings.STANDARD.backoff())
                      .withProxies(new SettingsProxies(session.getRepositorySession()))
                      .withCredentials(new SettingsCredentials(session.getRepositorySession())),
                  progress));
      report.write(given(reportFile).toPath());
      report
          .absent()
          .forEach(
              file ->
                  getLog().info("Optional file " + file.file() + " is absent: " + file.answers()));
      getLog().info(progress.summary(report));
    }
  }

  private static File given(@Nullable File parameter) {
    if (parameter == null) {
      throw new IllegalArgumentException("A required parameter is not set");
    }
    return parameter;
  }
}
