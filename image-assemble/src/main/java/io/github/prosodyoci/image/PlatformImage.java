package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.image.oci.OciDocuments;
import io.github.prosodyoci.image.oci.OciDocuments.Config;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.oci.OciDocuments.TargetPlatform;
import io.github.prosodyoci.image.oci.References;
import io.github.prosodyoci.image.transfer.ImageSource;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The image of one platform, at a place to read from.
 *
 * @param platform the platform that its configuration states
 * @param manifest what points to its manifest
 * @param references its layers and configuration
 * @param config its configuration
 */
record PlatformImage(Platform platform, Descriptor manifest, References references, Config config) {

  private static final Set<String> CONFIG_TYPES =
      Set.of(OciDocuments.CONFIG_TYPE, OciDocuments.DOCKER_CONFIG_TYPE);

  /**
   * Reads the image of a platform.
   *
   * @param root an index with such an image, or the image
   * @throws io.github.prosodyoci.core.FailureException with {@link ImageCode#PLATFORM_MISMATCH} if
   *     there is none
   * @throws IOException if it cannot be read
   */
  static PlatformImage of(ImageSource source, Descriptor root, Platform platform)
      throws IOException {
    if (!root.leadsToIndex()) {
      PlatformImage only = read(source, root);
      if (only.platform() != platform) {
        throw missing(source, platform, only.platform().toString());
      }
      return only;
    }
    List<String> others = new ArrayList<>();
    for (Descriptor each : references(source, root).manifests()) {
      TargetPlatform of = each.platform();
      if (of != null && of.known().filter(platform::equals).isPresent()) {
        return read(source, each);
      }
      if (of != null && !of.os().equals("unknown")) {
        others.add(of.toString());
      }
    }
    throw missing(source, platform, others.stream().collect(Collectors.joining(", ")));
  }

  private static RuntimeException missing(ImageSource source, Platform platform, String others) {
    return Failure.of(
            ImageCode.PLATFORM_MISMATCH,
            "use",
            source.thing(),
            "it has no image for " + platform + (others.isEmpty() ? "" : ", only for " + others))
        .toException();
  }

  /**
   * Reads the image of whichever platform it is for.
   *
   * @throws io.github.prosodyoci.core.FailureException with {@link ImageCode#ARCHIVE_DAMAGED} if it
   *     is something else, with {@link ImageCode#PLATFORM_MISMATCH} if it is for none of ours
   * @throws IOException if it cannot be read
   */
  static PlatformImage read(ImageSource source, Descriptor manifest) throws IOException {
    References references = references(source, manifest);
    Optional<Descriptor> blob =
        references.config().filter(config -> CONFIG_TYPES.contains(config.mediaType()));
    if (blob.isEmpty()) {
      throw unusable(source, "it is not the image of one platform").toException();
    }
    if (blob.get().size() > OciDocuments.MAX_DOCUMENT) {
      throw unusable(source, "its configuration has " + blob.get().size() + " bytes").toException();
    }
    Config config;
    try (InputStream in = source.open(blob.get())) {
      config = Json.parse("the configuration", in.readAllBytes(), Config.class);
    }
    if (config.rootfs().diffIds().size() != references.layers().size()) {
      throw unusable(source, "its configuration does not name as many layers as its manifest")
          .toException();
    }
    Platform platform =
        config
            .platform()
            .known()
            .orElseThrow(() -> missing(source, Platform.LINUX_AMD64, config.platform().toString()));
    return new PlatformImage(platform, manifest, references, config);
  }

  private static References references(ImageSource source, Descriptor manifest) throws IOException {
    byte[] json = source.document(manifest);
    try {
      return References.of("the manifest", manifest.mediaType(), json);
    } catch (IOException e) {
      throw unusable(source, Reasons.of(e)).toException(e);
    }
  }

  private static Failure unusable(ImageSource source, String reason) {
    return Failure.of(ImageCode.ARCHIVE_DAMAGED, "use", source.thing(), reason);
  }

  /** Returns the sum of configuration and compressed layers in bytes. */
  long size() {
    return references.blobs().stream().mapToLong(Descriptor::size).sum();
  }
}
