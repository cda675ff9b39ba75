package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.image.oci.OciDocuments;
import io.github.prosodyoci.image.oci.OciDocuments.Check;
import io.github.prosodyoci.image.oci.OciDocuments.Config;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.oci.OciDocuments.History;
import io.github.prosodyoci.image.oci.OciDocuments.Manifest;
import io.github.prosodyoci.image.oci.OciDocuments.RootFs;
import io.github.prosodyoci.image.oci.OciDocuments.Run;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An image: its description, its layers, and the documents that follow from both. */
final class Image {

  /** So many of a layer's contents are named in the image's history. */
  private static final int NAMED_CONTENTS = 12;

  private final ImageDescription description;
  private final List<Layer> layers;
  private final @Nullable BaseImage base;
  private final byte[] config;
  private final byte[] manifest;

  private Image(ImageDescription description, List<Layer> layers, @Nullable BaseImage base) {
    this.description = description;
    this.layers = List.copyOf(layers);
    this.base = base;
    this.config = Json.compact(configDocument());
    this.manifest = Json.compact(manifestDocument());
  }

  /**
   * Returns the image of a description and its layers, the lowest first. No file is read.
   *
   * @param base the image that the layers are put on, or null
   * @throws io.github.prosodyoci.core.FailureException with {@link ImageCode#NO_LAYERS} if there is
   *     no layer
   */
  static Image of(ImageDescription description, List<Layer> layers, @Nullable BaseImage base) {
    if (layers.isEmpty()) {
      throw LayerList.noLayers("it has no layers")
          .advising("Configure some for alpine-rootfs:layers.")
          .toException();
    }
    return new Image(description, layers, base);
  }

  private Config configDocument() {
    String created = description.created().toString();
    return new Config(
        created,
        description.platform().architecture(),
        description.platform().os(),
        description.platform().variant().orElse(null),
        BaseConfig.under(base == null ? null : base.config().config(), run(description.config())),
        new RootFs(
            "layers",
            concat(
                base == null ? List.of() : base.config().rootfs().diffIds(),
                layers.stream().map(Layer::diffId).toList())),
        concat(
            base == null ? List.of() : base.history(),
            layers.stream().map(layer -> History.of(created, createdBy(layer))).toList()));
  }

  private static <T> List<T> concat(List<T> below, List<T> above) {
    return Stream.concat(below.stream(), above.stream()).toList();
  }

  private static String createdBy(Layer layer) {
    List<String> contents = layer.contents();
    String named = contents.stream().limit(NAMED_CONTENTS).collect(Collectors.joining(", "));
    int more = contents.size() - NAMED_CONTENTS;
    return layer.name()
        + (named.isEmpty() ? "" : ": " + named)
        + (more > 0 ? " and " + more + " more" : "");
  }

  private static Run run(ContainerConfig config) {
    return new Run(
        config.user(),
        set(config.ports()),
        orNull(config.env().entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList()),
        orNull(config.entrypoint()),
        orNull(config.cmd()),
        set(config.volumes()),
        config.workingDirectory(),
        config.labels().isEmpty() ? null : config.labels(),
        config.stopSignal(),
        check(config.healthcheck()));
  }

  /** Returns a set in the form that it has in JSON written by Go: each member with an empty map. */
  private static @Nullable Map<String, Map<String, String>> set(List<String> members) {
    return members.isEmpty()
        ? null
        : members.stream().collect(Collectors.toMap(Function.identity(), member -> Map.of()));
  }

  private static <T extends Collection<?>> @Nullable T orNull(T values) {
    return values.isEmpty() ? null : values;
  }

  private static @Nullable Check check(@Nullable Healthcheck check) {
    return check == null
        ? null
        : new Check(
            check.test(),
            nanos(check.interval()),
            nanos(check.timeout()),
            nanos(check.startPeriod()),
            check.retries());
  }

  private static @Nullable Long nanos(@Nullable Duration duration) {
    return duration == null ? null : duration.toNanos();
  }

  private Manifest manifestDocument() {
    return Manifest.of(
        Descriptor.of(OciDocuments.CONFIG_TYPE, configDigest(), config.length),
        concat(
            base == null ? List.of() : base.layers(),
            layers.stream()
                .map(layer -> Descriptor.of(OciDocuments.LAYER_TYPE, layer.digest(), layer.size()))
                .toList()),
        annotations());
  }

  private Map<String, String> annotations() {
    Map<String, String> all =
        new TreeMap<>(base == null ? Map.<String, String>of() : base.annotations());
    all.putAll(description.annotations());
    return all;
  }

  /** Returns the digests of the base's layers, the lowest first. */
  List<Digest> baseLayers() {
    return base == null ? List.of() : base.layers().stream().map(Descriptor::digest).toList();
  }

  /** Returns the image that the layers are put on. */
  Optional<BaseImage> base() {
    return Optional.ofNullable(base);
  }

  /** Returns all of the image but its layers. */
  ImageDescription description() {
    return description;
  }

  /** Returns the layers, the lowest first. */
  List<Layer> layers() {
    return layers;
  }

  /** Returns the image configuration as it is stored. */
  byte[] config() {
    return config.clone();
  }

  /** Returns the digest of the image configuration, which Docker calls the image ID. */
  Digest configDigest() {
    return Digest.of(config);
  }

  /** Returns the image manifest as it is stored. */
  byte[] manifest() {
    return manifest.clone();
  }

  /** Returns the digest of the manifest: the image digest, as a registry shows it. */
  Digest digest() {
    return Digest.of(manifest);
  }

  /** Returns the sum of configuration and compressed layers in bytes. */
  long size() {
    long below = base == null ? 0 : base.layers().stream().mapToLong(Descriptor::size).sum();
    return config.length + below + layers.stream().mapToLong(Layer::size).sum();
  }
}
