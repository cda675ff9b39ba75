package io.github.prosodyoci.image.maven;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.image.ImageCode;
import io.github.prosodyoci.image.ImageName;
import io.github.prosodyoci.image.ImagePusher;
import io.github.prosodyoci.image.PushRequest;
import io.github.prosodyoci.image.RegistryAccess;
import io.github.prosodyoci.image.VersionTags;
import io.github.prosodyoci.maven.Parameters;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.inject.Inject;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.settings.crypto.SettingsDecrypter;
import org.jspecify.annotations.Nullable;

/**
 * Pushes the image that {@code image-assemble:archive} made to a registry, or, with several
 * platforms, the index that {@code image-assemble:index} made, byte for byte: the digest in the
 * registry is the one in the report. The login is {@code prosodyoci.auth.username} and {@code
 * .password}, or the server of {@code settings.xml} whose id is the registry's host, or what {@code
 * docker login} has stored.
 */
@Mojo(name = "push", defaultPhase = LifecyclePhase.DEPLOY, threadSafe = true)
public final class PushMojo extends RegistryGoal {

  /** Whether to skip this goal. */
  @Parameter(property = "prosodyoci.push.skip", defaultValue = "false")
  private boolean skip;

  /**
   * Where to push: {@code registry/repository:tag}. Without it nothing is pushed. Without a tag,
   * the image gets those of its version, by {@code tagRule}.
   */
  @Parameter(property = "prosodyoci.image")
  @Nullable String image;

  /**
   * Which tags the image gets if {@code image} has none: {@code version} is {@code 13.0.1-r1},
   * {@code minor} is {@code 13.0}, {@code major} is {@code 13}, and {@code latest} is itself. A
   * version that is not a plain release gets the first alone.
   */
  @Parameter(property = "prosodyoci.push.tagRule", defaultValue = "version,minor,major")
  List<String> tagRule = List.of("version", "minor", "major");

  /** Further tags of the same image, such as {@code stable,lts}. */
  @Parameter(property = "prosodyoci.push.tags")
  List<String> tags = List.of();

  /**
   * With one platform, the report that names the archive: of {@code image-assemble:archive}, or of
   * {@code image-assemble:index} if that was given its images.
   */
  @Parameter(
      property = "prosodyoci.image.reportFile",
      defaultValue = "${project.build.directory}/image.json",
      required = true)
  File reportFile;

  /**
   * With several platforms, the report of {@code image-assemble:index}, which names the archive.
   */
  @Parameter(
      property = "prosodyoci.index.reportFile",
      defaultValue = "${project.build.directory}/index.json",
      required = true)
  File indexReportFile;

  /** Creates the goal. */
  @Inject
  public PushMojo(SettingsDecrypter decrypter) {
    super("prosodyoci.push.skip", decrypter);
  }

  @Override
  protected boolean isSkipped() {
    return skip;
  }

  @Override
  protected void run() throws IOException {
    Optional<String> name = Parameters.text(image);
    if (name.isEmpty()) {
      getLog().info("No image name given (-Dprosodyoci.image=registry/repo:tag): nothing pushed");
      return;
    }
    if (session().isOffline()) {
      throw Failure.of(CommonCode.CONFIGURATION, "push", name.get(), "Maven is offline")
          .advising("Leave out -o, or prosodyoci.image.")
          .toException();
    }
    push(name.get());
  }

  /** What both kinds of reports say. */
  private record Made(String name, @Nullable String version, Digest digest, String archive) {}

  private void push(String text) throws IOException {
    ImageName.parse(text);
    Path reported = (hasSeveralPlatforms() ? indexReportFile : reportFile).toPath();
    if (!Files.isRegularFile(reported)) {
      throw Failure.of(ImageCode.NO_ARCHIVE, "push", text, "there is no file " + reported)
          .toException();
    }
    Made report = Json.read(reported, Made.class);
    String imageVersion =
        report.version() == null ? ImageName.parse(report.name()).tag() : report.version();
    List<String> ruled = VersionTags.of(imageVersion, tagRule);
    ImageName name = ImageName.parse(text, ruled.get(0));
    List<String> moreTags = new ArrayList<>(tags);
    if (!ImageName.isTagged(text)) {
      moreTags.addAll(ruled.subList(1, ruled.size()));
    }
    Path archive = reported.resolveSibling(report.archive());
    RegistryAccess access = access(name);
    PushRequest request =
        new PushRequest(
            archive,
            report.digest(),
            name,
            moreTags,
            access.login(),
            access.tokenHost(),
            access.allowInsecure());
    ImagePusher pusher =
        new ImagePusher(credentials(), connector(), getLog()::info, getLog()::debug);
    getLog().info(name.repositoryText() + "@" + pusher.push(request).digest());
  }
}
