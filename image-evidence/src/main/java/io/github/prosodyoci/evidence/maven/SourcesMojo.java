package io.github.prosodyoci.evidence.maven;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.evidence.SourceArchive;
import io.github.prosodyoci.evidence.SourceArchiveRequest;
import io.github.prosodyoci.evidence.SourceArchiveResult;
import io.github.prosodyoci.evidence.input.BuildReports;
import io.github.prosodyoci.evidence.provenance.SourceTree;
import io.github.prosodyoci.image.ArtifactPusher;
import io.github.prosodyoci.image.ArtifactRequest;
import io.github.prosodyoci.image.ImageName;
import io.github.prosodyoci.image.maven.RegistryGoal;
import io.github.prosodyoci.maven.Parameters;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.inject.Inject;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.apache.maven.settings.crypto.SettingsDecrypter;
import org.jspecify.annotations.Nullable;

/**
 * Writes the complete corresponding source of the image as one archive: what each recipe downloads,
 * with signatures, and the recipes with their patches. The licences of some packages require to
 * offer it to whoever gets the image.
 */
@Mojo(name = "sources", threadSafe = true)
public final class SourcesMojo extends RegistryGoal {

  /** What the archive is as an artifact of the image. */
  static final String ARTIFACT_TYPE = "application/vnd.prosody-oci.sources.v1";

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

  /** Whether to push the archive as well, as an artifact that refers to the image. */
  @Parameter(property = "prosodyoci.sources.push", defaultValue = "false")
  boolean push;

  /**
   * With several platforms, the report of {@code image-assemble:index}, which gets the artifact.
   */
  @Parameter(
      property = "prosodyoci.index.reportFile",
      defaultValue = "${project.build.directory}/index.json",
      required = true)
  File indexReportFile;

  /** Where the image was pushed to: {@code registry/repository}. */
  @Parameter(property = "prosodyoci.image")
  @Nullable String image;

  /** Creates the goal. */
  @Inject
  public SourcesMojo(SettingsDecrypter decrypter) {
    super("prosodyoci.sources.skip", decrypter);
  }

  @Override
  protected boolean isSkipped() {
    return skip;
  }

  @Override
  protected void run() throws IOException, InterruptedException {
    Optional<ImageName> target = Parameters.text(image).filter(text -> push).map(ImageName::parse);
    if (push) {
      requireOnline("push", "the archive of sources");
      if (target.isEmpty()) {
        throw Failure.of(
                CommonCode.CONFIGURATION, "push", "the archive of sources", "it has no target")
            .expecting("-Dprosodyoci.image=registry/repository")
            .toException();
      }
    }
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
    if (target.isPresent()) {
      Path report =
          hasSeveralPlatforms() ? indexReportFile.toPath() : place(reportFile, platforms().get(0));
      Digest subject = new BuildReports(report, report, report, report).readDigest();
      push(target.get(), subject, result);
    }
  }

  private void push(ImageName target, Digest subject, SourceArchiveResult archive)
      throws IOException {
    String title = String.valueOf(archive.archive().getFileName());
    ArtifactRequest request =
        new ArtifactRequest(
            target,
            subject,
            ARTIFACT_TYPE,
            List.of(
                ArtifactRequest.Part.of(
                    "application/x-tar",
                    archive.archive(),
                    Map.of("org.opencontainers.image.title", title))),
            Map.of(),
            access(target));
    var unused =
        new ArtifactPusher(credentials(), connector(), getLog()::info, getLog()::debug)
            .push(request);
  }
}
