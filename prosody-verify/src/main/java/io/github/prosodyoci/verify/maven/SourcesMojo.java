package io.github.prosodyoci.verify.maven;

import io.github.prosodyoci.archive.Digest;
import io.github.prosodyoci.archive.Platform;
import io.github.prosodyoci.fetch.BuildHost;
import io.github.prosodyoci.fetch.ContentStore;
import io.github.prosodyoci.fetch.DebianArchive;
import io.github.prosodyoci.fetch.DebianMirrors;
import io.github.prosodyoci.fetch.DeclaredSource;
import io.github.prosodyoci.fetch.Documents;
import io.github.prosodyoci.fetch.FetchException;
import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.fetch.FetchedSource;
import io.github.prosodyoci.fetch.Progress;
import io.github.prosodyoci.fetch.SourceDeclarations;
import io.github.prosodyoci.fetch.SourceFetcher;
import io.github.prosodyoci.fetch.SourceSet;
import io.github.prosodyoci.fetch.maven.ResolvedArtifacts;
import io.github.prosodyoci.fetch.maven.SettingsCredentials;
import io.github.prosodyoci.fetch.maven.SettingsProxies;
import io.github.prosodyoci.verify.SourceVerifier;
import io.github.prosodyoci.verify.Verification;
import io.github.prosodyoci.verify.VerifyException;
import io.github.prosodyoci.verify.openpgp.TrustFolder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.inject.Inject;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.eclipse.aether.RepositorySystem;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the files that recipes name: by OpenPGP signatures of pinned keys, or by Debian's signed
 * archive. A file whose evidence is false, or does not suffice, stops the build. Who signed what,
 * when, and how strong that is, stands in {@code verification.json} and, in short, in the log.
 */
@Mojo(name = "sources", defaultPhase = LifecyclePhase.PROCESS_SOURCES, threadSafe = true)
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
   * The folder of what is trusted: public certificates ({@code *.asc}), and {@code trust.yaml},
   * which may pin each of them by its SHA-256, and says which keys sign which suite of Debian's
   * archive.
   */
  @Parameter(
      property = "prosodyoci.trust",
      defaultValue = "${project.basedir}/src/main/trust",
      required = true)
  private @Nullable File trust;

  /**
   * The platform to build for, {@code linux/amd64} or {@code linux/arm64}. Sources with another
   * {@code arch} are passed over, unless this machine has that architecture.
   */
  @Parameter(property = "prosodyoci.platform", defaultValue = "linux/amd64", required = true)
  private String platform = "";

  /** The cache folder, which all builds of a user may share. */
  @Parameter(
      property = "prosodyoci.cache",
      defaultValue = "${user.home}/.cache/prosody-oci",
      required = true)
  private @Nullable File cache;

  /** Mirrors of the Debian archive, as for {@code prosody-fetch:sources}. */
  @Parameter(property = "prosodyoci.debian.mirror", defaultValue = "")
  private @Nullable String debianMirror;

  /** The folder of apt's configuration, whose mirrors are asked; it need not exist. */
  @Parameter(property = "prosodyoci.debian.apt", defaultValue = "/etc/apt", required = true)
  private @Nullable File aptFolder;

  /** Where the report goes: each file with its digest and its evidence. */
  @Parameter(defaultValue = "${project.build.directory}/verification.json", required = true)
  private @Nullable File reportFile;

  /** Where the same report goes as a page for people, which needs nothing but itself. */
  @Parameter(defaultValue = "${project.build.directory}/verification.html", required = true)
  private @Nullable File pageFile;

  /** Whether to verify again although sources, evidence and certificates have not changed. */
  @Parameter(property = "prosodyoci.verify.force", defaultValue = "false")
  private boolean force;

  /** Whether to skip this goal; what is not verified is not compiled. */
  @Parameter(property = "prosodyoci.verify.skip", defaultValue = "false")
  private boolean skip;

  @Parameter(defaultValue = "${plugin.version}", readonly = true, required = true)
  private String version = "";

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
  public void execute() throws MojoExecutionException, MojoFailureException {
    if (skip) {
      getLog().info("Verification of sources is skipped (prosodyoci.verify.skip)");
      return;
    }
    try {
      run();
    } catch (VerifyException | FetchException | IllegalArgumentException e) {
      throw new MojoFailureException(e.getMessage(), e);
    } catch (IOException e) {
      throw new MojoExecutionException("Could not verify the sources: " + e, e);
    }
  }

  private void run() throws IOException {
    List<DeclaredSource> declared =
        SourceSet.of(
                SourceDeclarations.readAll(recipes.stream().map(File::toPath).toList()),
                Platform.parse(platform).apkArchitecture(),
                BuildHost.current())
            .declared();
    SourceVerifier verifier = verifier();
    Digest inputs = verifier.inputs(declared);
    Path report = given(reportFile).toPath();
    Optional<Verification> last = Verification.upToDate(report, inputs);
    Path page = given(pageFile).toPath();
    if (last.isPresent() && !force) {
      last.get().writePage(page);
      getLog()
          .info(
              "The evidence of "
                  + last.get().sources().size()
                  + " source files is up to date (again with -Dprosodyoci.verify.force)");
      return;
    }
    // What was trusted before counts no more, also if this fails.
    Files.deleteIfExists(report);
    Files.deleteIfExists(page);
    Verification verification = verifier.verify(declared);
    verification.writePage(page);
    verification.write(report);
    verification.table().forEach(line -> getLog().info(line));
    getLog().info(verification.sources().size() + " source files verified: " + page);
  }

  private SourceVerifier verifier() throws IOException {
    Path cacheFolder = given(cache).toPath();
    Progress progress = new LogProgress();
    FetchSettings settings =
        FetchSettings.STANDARD
            .withOffline(session.isOffline())
            .withProxies(new SettingsProxies(session.getRepositorySession()))
            .withCredentials(new SettingsCredentials(session.getRepositorySession()));
    DebianMirrors mirrors =
        DebianMirrors.discover(debianMirror == null ? "" : debianMirror, given(aptFolder).toPath());
    // What prosody-fetch:sources tried in vain is asked for once more, but not again and again.
    SourceFetcher once =
        fetcher(cacheFolder, mirrors, settings.withRetries(1, Duration.ZERO), progress);
    SourceFetcher patient = fetcher(cacheFolder, mirrors, settings, progress);
    return new SourceVerifier(
        once,
        new DebianArchive(mirrors, new Documents(cacheFolder, settings, progress), patient),
        TrustFolder.read(given(trust).toPath()),
        cacheFolder,
        version,
        Clock.systemUTC());
  }

  private SourceFetcher fetcher(
      Path cacheFolder, DebianMirrors mirrors, FetchSettings settings, Progress progress) {
    return new SourceFetcher(
        new ContentStore(cacheFolder, progress),
        mirrors,
        new ResolvedArtifacts(repositories, session, project),
        settings,
        progress);
  }

  private final class LogProgress implements Progress {
    @Override
    public void fetched(FetchedSource fetched) {
      getLog().info("Fetched " + fetched.source().file() + " from " + fetched.origin());
    }

    @Override
    public void warning(String message) {
      getLog().warn(message);
    }
  }

  private static File given(@Nullable File parameter) {
    if (parameter == null) {
      throw new IllegalArgumentException("A required parameter is not set");
    }
    return parameter;
  }
}
