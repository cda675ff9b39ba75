package io.github.prosodyoci.image.maven;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.image.ImageCode;
import io.github.prosodyoci.image.ImageIndexer;
import io.github.prosodyoci.image.ImageName;
import io.github.prosodyoci.image.ImageReport;
import io.github.prosodyoci.image.IndexReport;
import io.github.prosodyoci.image.IndexRequest;
import io.github.prosodyoci.image.IndexResult;
import io.github.prosodyoci.maven.Parameters;
import io.github.prosodyoci.maven.PlatformGoal;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Puts the images of several platforms into one archive, with an image index over all of them. Each
 * image keeps its digest.
 */
@Mojo(name = "index", defaultPhase = LifecyclePhase.PACKAGE, threadSafe = true)
public final class IndexMojo extends PlatformGoal {

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.index.skip", defaultValue = "false")
  private boolean skip;

  /**
   * The images: reports of {@code image-assemble:archive}, each of another platform. By default
   * those of the platforms that are built, if there are several; of one, no index is made.
   */
  @Parameter(property = "prosodyoci.index.images")
  List<File> images = List.of();

  /** The report of {@code image-assemble:archive}, if {@code images} are not set. */
  @Parameter(
      property = "prosodyoci.image.reportFile",
      defaultValue = "${project.build.directory}/image.json",
      required = true)
  File imageReportFile;

  /** The image's short name: the archive's name. */
  @Parameter(
      property = "prosodyoci.image.shortName",
      defaultValue = "${project.artifactId}",
      required = true)
  String shortName;

  /**
   * The image's full name, {@code registry/repository:tag}, under which it is loaded and pushed. By
   * default that of the first image.
   */
  @Parameter(property = "prosodyoci.image")
  @Nullable String image;

  /**
   * The platform whose image Docker's own image store loads, which knows no index: Docker before
   * version 29, unless its containerd image store is enabled.
   */
  @Parameter(
      property = "prosodyoci.index.dockerPlatform",
      defaultValue = "linux/amd64",
      required = true)
  String dockerPlatform;

  /** The archive to write. By default {@code <shortName>.tar} in the build folder. */
  @Parameter(property = "prosodyoci.index.archiveFile")
  @Nullable File archiveFile;

  /** The report to write: the digest of the index, and the images of all platforms. */
  @Parameter(
      property = "prosodyoci.index.reportFile",
      defaultValue = "${project.build.directory}/index.json",
      required = true)
  File reportFile;

  /** Creates the goal. */
  public IndexMojo() {
    super("prosodyoci.index.skip");
  }

  @Override
  protected boolean isSkipped() {
    return skip;
  }

  @Override
  protected void run() throws IOException {
    if (images.isEmpty() && !hasSeveralPlatforms()) {
      getLog().info("One platform (prosodyoci.platforms): no index made");
      return;
    }
    List<ImageReport> reports = new ArrayList<>();
    List<Path> archives = new ArrayList<>();
    for (Path report : imageReports()) {
      if (!Files.isRegularFile(report)) {
        throw Failure.of(ImageCode.NO_ARCHIVE, "make", "the index", "there is no report " + report)
            .toException();
      }
      reports.add(Json.read(report, ImageReport.class));
      archives.add(report.resolveSibling(reports.get(reports.size() - 1).archive()));
    }
    String tag = ImageName.parse(reports.get(0).name()).tag();
    ImageName name = ImageName.parse(Parameters.text(image).orElse(reports.get(0).name()), tag);
    Path archive =
        archiveFile != null
            ? archiveFile.toPath()
            : Path.of(session().getCurrentProject().getBuild().getDirectory())
                .resolve(shortName + ".tar");
    Platform docker =
        Parameters.parse("prosodyoci.index.dockerPlatform", dockerPlatform, Platform::parse);
    IndexResult result =
        new ImageIndexer(getLog()::info)
            .index(new IndexRequest(archives, name, docker, archive, reportFile.toPath(), code()));
    report(archive, result);
  }

  private List<Path> imageReports() {
    return images.isEmpty()
        ? platforms().stream().map(platform -> place(imageReportFile, platform)).toList()
        : images.stream().map(File::toPath).toList();
  }

  private void report(Path archive, IndexResult result) {
    IndexReport report = result.report();
    getLog().info(archive + (result.upToDate() ? " is up to date" : ""));
    getLog().info("  digest  " + report.digest());
    for (IndexReport.Entry each : report.images()) {
      getLog()
          .info(
              "  "
                  + each.platform()
                  + "  "
                  + each.digest()
                  + ", "
                  + Summary.megabytes(each.size()));
    }
  }
}
