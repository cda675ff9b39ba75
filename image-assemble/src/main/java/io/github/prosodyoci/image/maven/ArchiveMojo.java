package io.github.prosodyoci.image.maven;

import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.image.AssembleRequest;
import io.github.prosodyoci.image.AssembleResult;
import io.github.prosodyoci.image.BaseImage;
import io.github.prosodyoci.image.BasePuller;
import io.github.prosodyoci.image.BaseRequest;
import io.github.prosodyoci.image.ImageAssembler;
import io.github.prosodyoci.image.ImageDescription;
import io.github.prosodyoci.image.ImageLocation;
import io.github.prosodyoci.image.ImageName;
import io.github.prosodyoci.image.LayerList;
import io.github.prosodyoci.image.RegistryAccess;
import io.github.prosodyoci.image.VersionTags;
import io.github.prosodyoci.maven.Parameters;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.inject.Inject;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.apache.maven.settings.crypto.SettingsDecrypter;
import org.jspecify.annotations.Nullable;

/**
 * Makes an OCI image of finished layers and writes it to one archive, which {@code docker load},
 * {@code podman load} and {@code skopeo copy oci-archive:} take. The same layers and parameters
 * give the same image digest on every machine.
 */
@Mojo(name = "archive", defaultPhase = LifecyclePhase.PACKAGE, threadSafe = true)
public final class ArchiveMojo extends ContainerGoal {

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.archive.skip", defaultValue = "false")
  private boolean skip;

  /** The list of layers, as {@code alpine-rootfs:layers} writes it. */
  @Parameter(
      property = "prosodyoci.image.layersFile",
      defaultValue = "${project.build.directory}/rootfs.json",
      required = true)
  File layersFile;

  /** The image's short name: part of the archive's name, and its repository if none is given. */
  @Parameter(
      property = "prosodyoci.image.shortName",
      defaultValue = "${project.artifactId}",
      required = true)
  String shortName;

  /**
   * The package whose version the image has, as its annotation and its tag: {@code prosody} for
   * {@code 13.0.1-r1}. By default the image has the project's version.
   */
  @Parameter(property = "prosodyoci.image.versionOf")
  @Nullable String versionOf;

  /**
   * The image's full name, {@code registry/repository:tag}, under which it is loaded and pushed;
   * without a tag, the image's version is the tag. By default {@code <shortName>:<version>}.
   */
  @Parameter(property = "prosodyoci.image")
  @Nullable String image;

  /**
   * The archive to write. By default {@code <shortName>-<platform>.tar}, such as {@code
   * prosody-linux-amd64.tar}, in the build folder. With several platforms, one that is set is
   * written to a folder for each, beside that file.
   */
  @Parameter(property = "prosodyoci.image.archiveFile")
  @Nullable File archiveFile;

  /** The report to write: image digest, archive, layers and what each holds. */
  @Parameter(
      property = "prosodyoci.image.reportFile",
      defaultValue = "${project.build.directory}/image.json",
      required = true)
  File reportFile;

  /**
   * Annotations of the manifest. Those of OCI ({@code org.opencontainers.image.title}, {@code
   * .description}, {@code .version}, {@code .url}, {@code .source}, {@code .licenses}, {@code
   * .created}) are taken from the project and the packages unless they are given here; one given
   * empty is left out. {@code .licenses} is only set if every package has an SPDX expression.
   */
  @Parameter Map<String, String> annotations = Map.of();

  /**
   * The options of the {@code docker run} line that ends the log, such as {@code -p 5222:5222}. By
   * default {@code --rm}, and every port and volume.
   */
  @Parameter List<String> runOptions = List.of();

  /**
   * The image to put the layers on, with all its layers: {@code registry/repository:tag@sha256:…},
   * {@code oci:<folder>} or {@code oci-archive:<file>}. What is not set here of how containers run
   * is as there. Without it the layers are the whole image.
   */
  @Parameter(property = "prosodyoci.image.base")
  @Nullable String base;

  /** The cache folder, which keeps base images. */
  @Parameter(
      property = "prosodyoci.cache",
      defaultValue = "${user.home}/.cache/prosody-oci",
      required = true)
  File cache;

  /** Creates the goal. */
  @Inject
  public ArchiveMojo(SettingsDecrypter decrypter) {
    super("prosodyoci.archive.skip", decrypter);
  }

  @Override
  protected boolean isSkipped() {
    return skip;
  }

  @Override
  protected void run() {
    for (Platform platform : platforms()) {
      AssembleRequest request = request(platform);
      AssembleResult result = new ImageAssembler(getLog()::info).assemble(request);
      Path folder = Path.of(session().getExecutionRootDirectory());
      Summary summary = new Summary(request, result, folder, runOptions);
      (hasSeveralPlatforms() ? summary.brief() : summary.lines()).forEach(getLog()::info);
    }
  }

  private AssembleRequest request(Platform target) {
    MavenProject project = session().getCurrentProject();
    Path archive =
        archiveFile != null
            ? place(archiveFile, target)
            : Path.of(project.getBuild().getDirectory())
                .resolve(shortName + "-" + target.fileName() + ".tar");
    return new AssembleRequest(
        place(layersFile, target),
        description(project, target),
        archive,
        place(reportFile, target),
        code(),
        Parameters.text(base).map(text -> base(text, target)).orElse(null));
  }

  private BaseImage base(String text, Platform target) {
    ImageLocation location = ImageLocation.parse(text);
    RegistryAccess access =
        location.kind() == ImageLocation.Kind.REGISTRY
            ? access(location.name())
            : RegistryAccess.DEFAULT;
    return new BasePuller(credentials(), connector(), getLog()::info, getLog()::debug)
        .pull(
            new BaseRequest(
                location, target, cache.toPath().resolve("images"), access, session().isOffline()));
  }

  private ImageDescription description(MavenProject project, Platform target) {
    LayerList layers = LayerList.read(place(layersFile, target));
    String defaultVersion =
        Parameters.text(versionOf).map(layers::versionOf).orElseGet(project::getVersion);
    Map<String, String> allAnnotations =
        new ProjectAnnotations(
                project, shortName, outputTimestamp(), defaultVersion, layers.packages())
            .with(annotations);
    String imageVersion = allAnnotations.getOrDefault(ImageDescription.VERSION, defaultVersion);
    return new ImageDescription(
        ImageName.parse(Parameters.text(image).orElse(shortName), VersionTags.tag(imageVersion)),
        target,
        outputTimestamp(),
        config(allAnnotations),
        allAnnotations);
  }
}
