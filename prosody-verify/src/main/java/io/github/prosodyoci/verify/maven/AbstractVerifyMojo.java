package io.github.prosodyoci.verify.maven;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.fetch.ContentStore;
import io.github.prosodyoci.fetch.DebianArchive;
import io.github.prosodyoci.fetch.DebianMirrors;
import io.github.prosodyoci.fetch.Documents;
import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.fetch.FetchedSource;
import io.github.prosodyoci.fetch.Progress;
import io.github.prosodyoci.fetch.SourceFetcher;
import io.github.prosodyoci.fetch.maven.ResolvedArtifacts;
import io.github.prosodyoci.maven.SettingsCredentials;
import io.github.prosodyoci.maven.SettingsProxies;
import io.github.prosodyoci.verify.openpgp.TrustFolder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.eclipse.aether.RepositorySystem;
import org.jspecify.annotations.Nullable;

/** What the goals have in common: recipes, what is trusted, and where files come from. */
abstract class AbstractVerifyMojo extends AbstractMojo {

  /**
   * Recipes and plain files of sources: YAML files, or folders whose {@code *.yaml} files are
   * meant.
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

  private final MavenSession session;
  private final MavenProject project;
  private final RepositorySystem repositories;

  AbstractVerifyMojo(MavenSession session, MavenProject project, RepositorySystem repositories) {
    this.session = session;
    this.project = project;
    this.repositories = repositories;
  }

  @Override
  public final void execute() throws MojoExecutionException, MojoFailureException {
    if (isSkipped()) {
      return;
    }
    try {
      run();
    } catch (FailureException | IllegalArgumentException e) {
      throw new MojoFailureException(e.getMessage(), e);
    } catch (IOException e) {
      throw new MojoExecutionException("Could not " + purpose() + ": " + e, e);
    }
  }

  /** Says whether nothing is to be done, and logs so. */
  abstract boolean isSkipped();

  /** Returns what the goal does, as it stands after "could not". */
  abstract String purpose();

  /** Does the goal's work. */
  abstract void run() throws IOException, MojoFailureException;

  /** Is told of each file that had to be fetched. */
  void tell(FetchedSource fetched) {}

  final List<Path> recipes() {
    return recipes.stream().map(File::toPath).toList();
  }

  final TrustFolder trust() throws IOException {
    return TrustFolder.read(given(trust).toPath());
  }

  final Path cache() {
    return given(cache).toPath();
  }

  final DebianMirrors mirrors() {
    return DebianMirrors.discover(
        debianMirror == null ? "" : debianMirror, given(aptFolder).toPath());
  }

  final FetchSettings settings() {
    return FetchSettings.STANDARD
        .withOffline(session.isOffline())
        .withProxies(new SettingsProxies(session.getRepositorySession()))
        .withCredentials(new SettingsCredentials(session.getRepositorySession()));
  }

  final ContentStore store() {
    return new ContentStore(cache(), new LogProgress());
  }

  final SourceFetcher fetcher(DebianMirrors mirrors, FetchSettings settings) {
    return new SourceFetcher(
        store(),
        mirrors,
        new ResolvedArtifacts(repositories, session, project),
        settings,
        new LogProgress());
  }

  final DebianArchive archive(DebianMirrors mirrors, FetchSettings settings) {
    return new DebianArchive(
        mirrors, new Documents(cache(), settings, new LogProgress()), fetcher(mirrors, settings));
  }

  private final class LogProgress implements Progress {
    @Override
    public void fetched(FetchedSource fetched) {
      tell(fetched);
    }

    @Override
    public void warning(String message) {
      getLog().warn(message);
    }
  }

  /** Returns a parameter that Maven sees to. */
  static File given(@Nullable File parameter) {
    if (parameter == null) {
      throw new IllegalArgumentException("A required parameter is not set");
    }
    return parameter;
  }
}
