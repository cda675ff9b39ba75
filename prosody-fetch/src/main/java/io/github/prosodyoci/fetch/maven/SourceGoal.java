package io.github.prosodyoci.fetch.maven;

import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.fetch.Fetcher;
import io.github.prosodyoci.fetch.debian.DebianMirrors;
import io.github.prosodyoci.fetch.unpinned.DebianArchive;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.inject.Inject;
import org.apache.maven.plugins.annotations.Parameter;
import org.eclipse.aether.RepositorySystem;
import org.jspecify.annotations.Nullable;

/** A goal about the sources of recipes. */
public abstract class SourceGoal extends FetchingGoal {

  /**
   * Recipes and plain files of sources: YAML files, or folders whose {@code *.yaml} files are
   * meant.
   */
  @Parameter(
      property = "prosodyoci.recipes",
      defaultValue = "${project.basedir}/src/main/recipes",
      required = true)
  private List<File> recipes;

  /**
   * Mirrors of the Debian archive, such as {@code https://mirror.example/debian}, several separated
   * by commas. They are asked before those of the machine's own apt configuration; the pinned
   * digest makes every mirror equally safe.
   */
  @Parameter(property = "prosodyoci.debian.mirror")
  private @Nullable String debianMirror;

  /** The folder of apt's configuration, whose mirrors are asked; it need not exist. */
  @Parameter(property = "prosodyoci.debian.apt", defaultValue = "/etc/apt", required = true)
  private File aptFolder;

  @Inject private RepositorySystem repositories;

  /**
   * Creates a goal.
   *
   * @param skipProperty the property that skips this goal
   */
  protected SourceGoal(String skipProperty) {
    super(skipProperty);
  }

  @Override
  protected final void run() throws IOException, InterruptedException {
    try (FetchAccess access = access()) {
      run(access);
    }
  }

  /**
   * Does the goal's work.
   *
   * @param access how this build fetches; closed afterwards
   * @throws IOException if files cannot be read or written
   * @throws InterruptedException if the build was interrupted
   */
  protected abstract void run(FetchAccess access) throws IOException, InterruptedException;

  /** Returns the recipes, and folders of recipes. */
  protected final List<Path> recipes() {
    return recipes.stream().map(File::toPath).toList();
  }

  /** Returns this build's settings, with mirrors of the Debian archive and Maven's artifacts. */
  protected final FetchSettings settings(FetchAccess access) {
    return access
        .settings()
        .withMirrors(
            DebianMirrors.discover(debianMirror == null ? "" : debianMirror, aptFolder.toPath()))
        .withArtifacts(
            new ResolvedArtifacts(repositories, session(), session().getCurrentProject()));
  }

  /** Returns what fetches sources. */
  protected final Fetcher fetcher(FetchAccess access, FetchSettings settings) {
    return new Fetcher(access.cache(), settings, access.progress());
  }

  /** Returns what reads the indexes of the Debian archive. */
  protected final DebianArchive archive(FetchAccess access) {
    return new DebianArchive(access.cache(), settings(access), access.progress());
  }
}
