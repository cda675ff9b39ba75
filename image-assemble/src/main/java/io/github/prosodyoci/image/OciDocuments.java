package io.github.prosodyoci.image;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Platform;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON documents of an image, field by field in the order in which they are written (OCI image
 * specification 1.1). Jib's own have no stop signal, health check or annotation for OCI images.
 */
final class OciDocuments {

  static final String INDEX_TYPE = "application/vnd.oci.image.index.v1+json";
  static final String MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
  static final String CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
  static final String LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip";

  private OciDocuments() {}

  private static void require(boolean right, String problem) {
    if (!right) {
      throw new IllegalArgumentException(problem);
    }
  }

  /** The file {@code oci-layout} (image-layout.md). */
  record LayoutMarker(String imageLayoutVersion) {}

  /** What points to a blob (descriptor.md). */
  record Descriptor(
      String mediaType,
      Digest digest,
      long size,
      @Nullable TargetPlatform platform,
      @Nullable Map<String, String> annotations) {

    Descriptor {
      require(mediaType != null && digest != null, "a descriptor has no media type or digest");
    }

    static Descriptor of(String mediaType, Digest digest, long size) {
      return new Descriptor(mediaType, digest, size, null, null);
    }
  }

  /** The platform of a manifest (image-index.md). */
  record TargetPlatform(String architecture, String os, @Nullable String variant) {

    static TargetPlatform of(Platform platform) {
      return new TargetPlatform(
          platform.architecture(), platform.os(), platform.variant().orElse(null));
    }
  }

  /** The file {@code index.json} (image-index.md). */
  record Index(int schemaVersion, String mediaType, List<Descriptor> manifests) {

    Index {
      require(manifests != null, "the index lists no manifests");
    }
  }

  /** The image manifest (manifest.md). */
  record Manifest(
      int schemaVersion,
      String mediaType,
      Descriptor config,
      List<Descriptor> layers,
      @Nullable Map<String, String> annotations) {

    Manifest {
      require(config != null && layers != null, "the manifest has no config or no layers");
    }
  }

  /** The image configuration (config.md). */
  record Config(
      String created,
      String architecture,
      String os,
      @Nullable String variant,
      Run config,
      RootFs rootfs,
      List<History> history) {}

  /** The field {@code config} of the image configuration. */
  record Run(
      @JsonProperty("User") @Nullable String user,
      @JsonProperty("ExposedPorts") @Nullable Map<String, Map<String, String>> exposedPorts,
      @JsonProperty("Env") @Nullable List<String> env,
      @JsonProperty("Entrypoint") @Nullable List<String> entrypoint,
      @JsonProperty("Cmd") @Nullable List<String> cmd,
      @JsonProperty("Volumes") @Nullable Map<String, Map<String, String>> volumes,
      @JsonProperty("WorkingDir") @Nullable String workingDir,
      @JsonProperty("Labels") @Nullable Map<String, String> labels,
      @JsonProperty("StopSignal") @Nullable String stopSignal,
      @JsonProperty("Healthcheck") @Nullable Check healthcheck) {}

  /** The field {@code Healthcheck}; durations are in nanoseconds (moby, image/spec/spec.md). */
  record Check(
      @JsonProperty("Test") List<String> test,
      @JsonProperty("Interval") @Nullable Long interval,
      @JsonProperty("Timeout") @Nullable Long timeout,
      @JsonProperty("StartPeriod") @Nullable Long startPeriod,
      @JsonProperty("Retries") @Nullable Integer retries) {}

  /** The field {@code rootfs} of the image configuration. */
  record RootFs(String type, @JsonProperty("diff_ids") List<Digest> diffIds) {}

  /** How one layer came to be. */
  record History(String created, @JsonProperty("created_by") String createdBy) {}

  /** An entry of {@code manifest.json}, by which Docker's own image store loads an archive. */
  record DockerManifest(
      @JsonProperty("Config") String config,
      @JsonProperty("RepoTags") List<String> repoTags,
      @JsonProperty("Layers") List<String> layers) {}
}
