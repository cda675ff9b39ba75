package io.github.prosodyoci.image.oci;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Platform;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The JSON documents of an image, field by field in the order in which they are written (OCI image
 * specification 1.1). Jib's own have no stop signal, health check or annotation for OCI images.
 */
public final class OciDocuments {

  /** The media type of an image index. */
  public static final String INDEX_TYPE = "application/vnd.oci.image.index.v1+json";

  /** The media type of an image manifest. */
  public static final String MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";

  /** The media type of an image configuration. */
  public static final String CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";

  /** The media type of a layer. */
  public static final String LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip";

  /**
   * The media type of what {@link #empty} returns, which stands where an artifact has no
   * configuration.
   */
  public static final String EMPTY_TYPE = "application/vnd.oci.empty.v1+json";

  /** Docker's form of an image index. */
  public static final String DOCKER_LIST_TYPE =
      "application/vnd.docker.distribution.manifest.list.v2+json";

  /** Docker's form of an image manifest. */
  public static final String DOCKER_MANIFEST_TYPE =
      "application/vnd.docker.distribution.manifest.v2+json";

  /** Docker's form of an image configuration. */
  public static final String DOCKER_CONFIG_TYPE = "application/vnd.docker.container.image.v1+json";

  /** Every index and manifest that can be read. */
  public static final List<String> MANIFEST_TYPES =
      List.of(INDEX_TYPE, MANIFEST_TYPE, DOCKER_LIST_TYPE, DOCKER_MANIFEST_TYPE);

  /** No registry takes a manifest beyond 4 MiB (distribution-spec, "Pushing Manifests"). */
  public static final int MAX_DOCUMENT = 4 << 20;

  private static final Set<String> LISTS = Set.of(INDEX_TYPE, DOCKER_LIST_TYPE);

  private OciDocuments() {}

  private static void require(boolean right, String problem) {
    if (!right) {
      throw new IllegalArgumentException(problem);
    }
  }

  /**
   * Returns the two bytes of the empty JSON object (manifest.md, "Guidance for an Empty
   * Descriptor").
   */
  public static byte[] empty() {
    return new byte[] {'{', '}'};
  }

  /** The file {@code oci-layout} (image-layout.md). */
  public record LayoutMarker(String imageLayoutVersion) {}

  /** What points to a blob (descriptor.md). */
  public record Descriptor(
      String mediaType,
      Digest digest,
      long size,
      @Nullable TargetPlatform platform,
      @Nullable Map<String, String> annotations,
      @Nullable String artifactType) {

    /** Checks that it says what it points to. */
    public Descriptor {
      require(mediaType != null && digest != null, "a descriptor has no media type or digest");
      require(size >= 0, "a descriptor has a negative size");
    }

    /** Returns a descriptor without further properties. */
    public static Descriptor of(String mediaType, Digest digest, long size) {
      return new Descriptor(mediaType, digest, size, null, null, null);
    }

    /** Returns the descriptor of some bytes. */
    public static Descriptor of(String mediaType, byte[] bytes) {
      return of(mediaType, Digest.of(bytes), bytes.length);
    }

    /** Returns this descriptor with a platform. */
    public Descriptor with(@Nullable TargetPlatform newPlatform) {
      return new Descriptor(mediaType, digest, size, newPlatform, annotations, artifactType);
    }

    /** Returns this descriptor with annotations. */
    public Descriptor with(@Nullable Map<String, String> newAnnotations) {
      return new Descriptor(mediaType, digest, size, platform, newAnnotations, artifactType);
    }

    /** Returns this descriptor with a type of artifact. */
    public Descriptor ofArtifact(@Nullable String newArtifactType) {
      return new Descriptor(mediaType, digest, size, platform, annotations, newArtifactType);
    }

    /** Returns whether it points to an index, not to a manifest. */
    public boolean leadsToIndex() {
      return LISTS.contains(mediaType);
    }
  }

  /** The platform of a manifest (image-index.md). */
  public record TargetPlatform(String architecture, String os, @Nullable String variant) {

    /** Returns the platform as OCI writes it. */
    public static TargetPlatform of(Platform platform) {
      return new TargetPlatform(
          platform.architecture(), platform.os(), platform.variant().orElse(null));
    }

    /** Returns the platform, unless it is none of ours. */
    public Optional<Platform> known() {
      return os == null || architecture == null
          ? Optional.empty()
          : Platform.of(os, architecture, variant);
    }

    @Override
    public String toString() {
      return os + "/" + architecture + (variant == null ? "" : "/" + variant);
    }
  }

  /** The image index, and the file {@code index.json} (image-index.md). */
  public record Index(
      int schemaVersion,
      @Nullable String mediaType,
      @Nullable String artifactType,
      List<Descriptor> manifests,
      @Nullable Descriptor subject,
      @Nullable Map<String, String> annotations) {

    /** Checks that it lists manifests. */
    public Index {
      require(manifests != null, "the index lists no manifests");
      manifests = List.copyOf(manifests);
    }

    /** Returns an index of manifests. */
    public static Index of(List<Descriptor> manifests, @Nullable Map<String, String> annotations) {
      return new Index(2, INDEX_TYPE, null, manifests, null, annotations);
    }
  }

  /** The image manifest (manifest.md). */
  public record Manifest(
      int schemaVersion,
      @Nullable String mediaType,
      @Nullable String artifactType,
      Descriptor config,
      List<Descriptor> layers,
      @Nullable Descriptor subject,
      @Nullable Map<String, String> annotations) {

    /** Checks that it has a configuration and layers. */
    public Manifest {
      require(config != null && layers != null, "the manifest has no config or no layers");
      layers = List.copyOf(layers);
    }

    /** Returns the manifest of an image. */
    public static Manifest of(
        Descriptor config, List<Descriptor> layers, Map<String, String> annotations) {
      return new Manifest(2, MANIFEST_TYPE, null, config, layers, null, annotations);
    }
  }

  /** The image configuration (config.md). */
  public record Config(
      @Nullable String created,
      String architecture,
      String os,
      @Nullable String variant,
      @Nullable Run config,
      RootFs rootfs,
      @Nullable List<History> history) {

    /** Checks that it names its platform and layers. */
    public Config {
      require(architecture != null && os != null, "the configuration names no platform");
      require(
          rootfs != null && rootfs.diffIds() != null,
          "the configuration names no layers (diff_ids)");
    }

    /** Returns the platform. */
    public TargetPlatform platform() {
      return new TargetPlatform(architecture, os, variant);
    }
  }

  /** The field {@code config} of the image configuration. */
  public record Run(
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
  public record Check(
      @JsonProperty("Test") List<String> test,
      @JsonProperty("Interval") @Nullable Long interval,
      @JsonProperty("Timeout") @Nullable Long timeout,
      @JsonProperty("StartPeriod") @Nullable Long startPeriod,
      @JsonProperty("Retries") @Nullable Integer retries) {}

  /** The field {@code rootfs} of the image configuration. */
  public record RootFs(String type, @JsonProperty("diff_ids") List<Digest> diffIds) {}

  /** How one layer came to be, or a step that made none. */
  public record History(
      @Nullable String created,
      @JsonProperty("created_by") @Nullable String createdBy,
      @Nullable String author,
      @Nullable String comment,
      @JsonProperty("empty_layer") @Nullable Boolean emptyLayer) {

    /** Returns the entry of a layer. */
    public static History of(String created, String createdBy) {
      return new History(created, createdBy, null, null, null);
    }
  }

  /** An entry of {@code manifest.json}, by which Docker's own image store loads an archive. */
  public record DockerManifest(
      @JsonProperty("Config") String config,
      @JsonProperty("RepoTags") List<String> repoTags,
      @JsonProperty("Layers") List<String> layers) {}
}
