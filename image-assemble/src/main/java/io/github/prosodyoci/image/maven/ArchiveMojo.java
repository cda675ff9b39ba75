package io.github.prosodyoci.image.maven;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.OutputTimestamp;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.image.AssembleRequest;
import io.github.prosodyoci.image.AssembleResult;
import io.github.prosodyoci.image.ContainerConfig;
import io.github.prosodyoci.image.Healthcheck;
import io.github.prosodyoci.image.ImageAssembler;
import io.github.prosodyoci.image.ImageDescription;
import io.github.prosodyoci.image.ImageName;
import io.github.prosodyoci.image.LayerList;
import io.github.prosodyoci.image.VersionTags;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.inject.Inject;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugin.descriptor.PluginDescriptor;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.jspecify.annotations.Nullable;

/**
 * Makes an OCI image of finished layers and writes it to one archive, which {@code docker load},
 * {@code podman load} and {@code skopeo copy oci-archive:} take. The same layers and parameters
 * give the same image digest on every machine.
 */
@Mojo(name = "archive", defaultPhase = LifecyclePhase.PACKAGE, threadSafe = true)
public final class ArchiveMojo extends AbstractMojo {

  private final MavenProject project;
  private final MavenSession session;

  /** Skips this goal. */
  @Parameter(property = "prosodyoci.archive.skip", defaultValue = "false")
  boolean skip;

  /** The platform of the image: {@code linux/amd64} or {@code linux/arm64}. */
  @Parameter(property = "prosodyoci.platform", defaultValue = "linux/amd64")
  String platform = "";

  /** The list of layers, as {@code alpine-rootfs:layers} writes it. */
  @Parameter(
      property = "prosodyoci.layersFile",
      defaultValue = "${project.build.directory}/rootfs.json")
  File layersFile = new File("");

  /** The image's short name: part of the archive's name, and its repository if none is given. */
  @Parameter(property = "prosodyoci.imageName", defaultValue = "${project.artifactId}")
  String imageName = "";

  /**
   * The package whose version the image has, as its annotation and its tag: {@code prosody} for
   * {@code 13.0.1-r1}. By default the image has the project's version.
   */
  @Parameter(property = "prosodyoci.versionOf")
  @Nullable String versionOf;

  /**
   * The image's full name, {@code registry/repository:tag}, under which it is loaded and pushed;
   * without a tag, the image's version is the tag. By default {@code <imageName>:<version>}.
   */
  @Parameter(property = "prosodyoci.image")
  @Nullable String image;

  /**
   * The archive to write. By default {@code <imageName>-<platform>.tar}, such as {@code
   * prosody-linux-amd64.tar}, in the build folder.
   */
  @Parameter(property = "prosodyoci.archive")
  @Nullable File archive;

  /** The report to write: image digest, archive, layers and what each holds. */
  @Parameter(
      property = "prosodyoci.imageFile",
      defaultValue = "${project.build.directory}/image.json")
  File imageFile = new File("");

  /** The time that the image carries: ISO 8601 with an offset, or seconds since 1970. */
  @Parameter(defaultValue = "${project.build.outputTimestamp}")
  @Nullable String outputTimestamp;

  /** The program that a container runs, and its first arguments. */
  @Parameter List<String> entrypoint = List.of();

  /** Arguments that follow the entrypoint unless the user of the image gives others. */
  @Parameter List<String> cmd = List.of();

  /** Environment variables: {@code <env><PATH>/usr/bin:/bin</PATH></env>}. */
  @Parameter Map<String, String> env = Map.of();

  /** The user that the program runs as, in numbers: {@code uid} or {@code uid:gid}. */
  @Parameter @Nullable String user;

  /** Ports that the program listens on: {@code 5222}, {@code 5222/tcp}, {@code 5000-5002}. */
  @Parameter List<String> ports = List.of();

  /** Folders that keep their content beyond a container's life, as absolute paths. */
  @Parameter List<String> volumes = List.of();

  /** The folder that the program starts in, as an absolute path. */
  @Parameter @Nullable String workingDirectory;

  /** Labels, beside the annotations, which all become labels too. */
  @Parameter Map<String, String> labels = Map.of();

  /**
   * Annotations of the manifest. Those of OCI ({@code org.opencontainers.image.title}, {@code
   * .description}, {@code .version}, {@code .url}, {@code .source}, {@code .licenses}, {@code
   * .created}) are taken from the project and the packages unless they are given here; one given
   * empty is left out. {@code .licenses} is only set if every package has an SPDX expression.
   */
  @Parameter Map<String, String> annotations = Map.of();

  /** The signal that ends the program, such as {@code SIGTERM}. */
  @Parameter @Nullable String stopSignal;

  /** How the engine finds out that the container works. */
  @Parameter @Nullable HealthcheckParameter healthcheck;

  /**
   * The options of the {@code docker run} line that ends the log, such as {@code -p 5222:5222}. By
   * default {@code --rm}, and every port and volume.
   */
  @Parameter List<String> runOptions = List.of();

  @Parameter(defaultValue = "${plugin}", readonly = true)
  @Nullable PluginDescriptor plugin;

  /** Creates the goal. */
  @Inject
  public ArchiveMojo(MavenProject project, MavenSession session) {
    this.project = project;
    this.session = session;
  }

  @Override
  public void execute() throws MojoFailureException {
    if (skip) {
      getLog().info("Skipping image-assemble:archive (prosodyoci.archive.skip)");
      return;
    }
    try {
      AssembleRequest request = request();
      AssembleResult result = new ImageAssembler().assemble(request);
      Path folder = Path.of(session.getExecutionRootDirectory());
      new Summary(request, result, folder, runOptions).lines().forEach(getLog()::info);
    } catch (FailureException | IllegalArgumentException e) {
      throw new MojoFailureException(e.getMessage(), e);
    }
  }

  private AssembleRequest request() {
    Platform target = Platform.parse(platform);
    Path file =
        archive != null
            ? archive.toPath()
            : Path.of(project.getBuild().getDirectory())
                .resolve(imageName + "-" + target.fileName() + ".tar");
    return new AssembleRequest(
        layersFile.toPath(),
        description(target),
        file,
        imageFile.toPath(),
        "image-assemble" + (plugin == null ? "" : " " + plugin.getVersion()));
  }

  private ImageDescription description(Platform target) {
    LayerList layers = LayerList.read(layersFile.toPath());
    String defaultVersion =
        versionOf == null || versionOf.isBlank()
            ? project.getVersion()
            : layers.versionOf(versionOf);
    Map<String, String> allAnnotations =
        new ProjectAnnotations(project, imageName, timestamp(), defaultVersion, layers.packages())
            .with(annotations);
    String version = allAnnotations.getOrDefault(ImageDescription.VERSION, defaultVersion);
    Map<String, String> allLabels = new TreeMap<>(allAnnotations);
    allLabels.putAll(labels);
    ContainerConfig config =
        new ContainerConfig(
            entrypoint,
            cmd,
            env,
            user,
            ports,
            volumes,
            workingDirectory,
            allLabels,
            stopSignal,
            healthcheck == null ? null : healthcheck.toHealthcheck());
    return new ImageDescription(
        ImageName.parse(
            image == null || image.isBlank() ? imageName : image, VersionTags.tag(version)),
        target,
        OutputTimestamp.parse(timestamp()),
        config,
        allAnnotations);
  }

  private String timestamp() {
    if (outputTimestamp == null || outputTimestamp.isBlank()) {
      throw Failure.of(CommonCode.CONFIGURATION, "make", "the image", "it has no time of its own")
          .expecting("a time that is the same for every build")
          .advising("Set the property project.build.outputTimestamp in the POM.")
          .toException();
    }
    return outputTimestamp;
  }

  /** The parameter {@code healthcheck}; see {@link Healthcheck}. */
  public static final class HealthcheckParameter {

    /** The command, first {@code CMD}, {@code CMD-SHELL} or {@code NONE}. */
    @Parameter List<String> test = List.of();

    /** Time between two checks, such as {@code 30s}. */
    @Parameter @Nullable String interval;

    /** Time after which a check has failed, such as {@code 5s}. */
    @Parameter @Nullable String timeout;

    /** Time in which failures do not count, such as {@code 10s}. */
    @Parameter @Nullable String startPeriod;

    /** How many failures in a row make the container unhealthy. */
    @Parameter @Nullable Integer retries;

    Healthcheck toHealthcheck() {
      return new Healthcheck(
          test,
          interval == null ? null : Healthcheck.duration(interval),
          timeout == null ? null : Healthcheck.duration(timeout),
          startPeriod == null ? null : Healthcheck.duration(startPeriod),
          retries);
    }
  }
}
