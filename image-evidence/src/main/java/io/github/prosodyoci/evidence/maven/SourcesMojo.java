package io.github.prosodyoci.evidence.maven;

import io.github.prosodyoci.evidence.SourceArchive;
import io.github.prosodyoci.evidence.SourceArchiveRequest;
import io.github.prosodyoci.evidence.SourceArchiveResult;
import io.github.prosodyoci.evidence.input.BuildReports;
import io.github.prosodyoci.evidence.provenance.SourceTree;
import io.github.prosodyoci.maven.Parameters;
import io.github.prosodyoci.maven.PlatformGoal;
import java.io.File;
import java.util.List;
import java.util.Optional;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.jspecify.annotations.Nullable;

/**
 * Writes the complete corresponding source of the image as one archive: what each recipe downloads,
 * with signatures, and the recipes with their patches. The licences of some packages require to
 * offer it to whoever gets the image.
 */
@Mojo(name = "sources", threadSafe = true)
public final class SourcesMojo extends PlatformGoal {

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.sources.skip", defaultValue = "false")
  private boolean skip;

  /** The report of {@code image-assemble:archive}. */
  @Parameter(
      property = "prosodyoci.image.reportFile",
      defaultValue = "${project.build.directory}/image.json",
      required = true)
  File reportFile;

  /** The recipes: files, or folders of which all content is archived. */
  @Parameter(
      property = "prosodyoci.recipes",
      defaultValue = "${project.basedir}/src/main/recipes",
      required = true)
  List<File> recipes = List.of();

  /** The folder of downloads and built packages. */
  @Parameter(
      property = "prosodyoci.cache",
      defaultValue = "${user.home}/.cache/prosody-oci",
      required = true)
  File cache;

  /** The archive to write. */
  @Parameter(
      property = "prosodyoci.sources.archiveFile",
      defaultValue = "${project.build.directory}/sources.tar",
      required = true)
  File archiveFile;

  /** The commit that is built. By default what {@code git} says. */
  @Parameter(property = "prosodyoci.evidence.commit")
  @Nullable String commit;

  /** Creates the goal. */
  public SourcesMojo() {
    super("prosodyoci.sources.skip");
  }

  @Override
  protected boolean isSkipped() {
    return skip;
  }

  @Override
  protected void run() throws InterruptedException {
    MavenProject project = session().getCurrentProject();
    File build = new File(project.getBuild().getDirectory());
    Optional<String> given = Parameters.text(commit);
    String repository = project.getScm() == null ? project.getUrl() : project.getScm().getUrl();
    SourceArchiveResult result =
        new SourceArchive()
            .write(
                new SourceArchiveRequest(
                    platforms().stream()
                        .map(
                            platform ->
                                BuildReports.of(
                                    place(reportFile, platform),
                                    folder(build, platform),
                                    build.toPath()))
                        .toList(),
                    cache.toPath(),
                    recipes.stream().map(File::toPath).toList(),
                    archiveFile.toPath(),
                    outputTimestamp(),
                    given.isPresent()
                        ? given
                        : SourceTree.of(project.getBasedir().toPath()).commit(),
                    Parameters.text(repository)));
    getLog()
        .info(
            "Wrote "
                + result.archive()
                + ", "
                + result.files()
                + " files, "
                + result.size()
                + " bytes, "
                + result.digest());
  }
}
