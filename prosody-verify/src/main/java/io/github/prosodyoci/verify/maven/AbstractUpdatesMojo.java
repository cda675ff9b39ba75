package io.github.prosodyoci.verify.maven;

import io.github.prosodyoci.fetch.ContentStore;
import io.github.prosodyoci.fetch.DebianArchive;
import io.github.prosodyoci.fetch.DebianMirrors;
import io.github.prosodyoci.fetch.Documents;
import io.github.prosodyoci.fetch.FetchException;
import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.fetch.Progress;
import io.github.prosodyoci.fetch.SourceFetcher;
import io.github.prosodyoci.fetch.UnpinnedDownloads;
import io.github.prosodyoci.fetch.maven.ResolvedArtifacts;
import io.github.prosodyoci.fetch.maven.SettingsCredentials;
import io.github.prosodyoci.fetch.maven.SettingsProxies;
import io.github.prosodyoci.verify.VerifyException;
import io.github.prosodyoci.verify.openpgp.TrustFolder;
import io.github.prosodyoci.verify.update.SourceUpdates;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.eclipse.aether.RepositorySystem;
import org.jspecify.annotations.Nullable;

/** What the goals that keep recipes current have in common. */
abstract class AbstractUpdatesMojo extends AbstractMojo {

  /** Recipes: YAML files, or folders whose {@code *.yaml} files are meant. */
  @Parameter(
      property = "prosodyoci.recipes",
      alias = "sources",
      defaultValue = "${project.basedir}/src/main/recipes",
      required = true)
  private List<File> recipes = List.of();

  /** The folder of what is trusted, as for {@code prosody-verify:sources}. */
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

  AbstractUpdatesMojo(MavenSession session, MavenProject project, RepositorySystem repositories) {
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
      run(updates(), recipes.stream().map(File::toPath).toList());
    } catch (VerifyException | FetchException | IllegalArgumentException e) {
      throw new MojoFailureException(e.getMessage(), e);
    } catch (IOException e) {
      throw new MojoExecutionException("Could not look for updates: " + e, e);
    }
  }

  /** Says whether nothing is to be done, and logs so. */
  abstract boolean isSkipped();

  /** Does the goal's work. */
  abstract void run(SourceUpdates updates, List<Path> recipeFiles)
      throws IOException, MojoFailureException;

  private SourceUpdates updates() throws IOException {
    Path cacheFolder = given(cache).toPath();
    Progress progress = new LogProgress();
    FetchSettings settings =
        FetchSettings.STANDARD
            .withOffline(session.isOffline())
            .withProxies(new SettingsProxies(session.getRepositorySession()))
            .withCredentials(new SettingsCredentials(session.getRepositorySession()));
    DebianMirrors mirrors =
        DebianMirrors.discover(debianMirror == null ? "" : debianMirror, given(aptFolder).toPath());
    ContentStore store = new ContentStore(cacheFolder, progress);
    SourceFetcher fetcher =
        new SourceFetcher(
            store,
            mirrors,
            new ResolvedArtifacts(repositories, session, project),
            settings,
            progress);
    return new SourceUpdates(
        fetcher,
        new UnpinnedDownloads(store, mirrors, settings),
        new DebianArchive(mirrors, new Documents(cacheFolder, settings, progress), fetcher),
        TrustFolder.read(given(trust).toPath()),
        cacheFolder,
        Clock.systemUTC());
  }

  private final class LogProgress implements Progress {
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
