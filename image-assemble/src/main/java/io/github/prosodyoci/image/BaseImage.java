package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.image.oci.OciDocuments;
import io.github.prosodyoci.image.oci.OciDocuments.Config;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.oci.OciDocuments.History;
import io.github.prosodyoci.image.transfer.ImageSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The image of one platform that another one is built on. */
public final class BaseImage {

  /** Docker's media types of layers, and OCI's for the same bytes. */
  private static final Map<String, String> LAYER_TYPES =
      Map.of(
          "application/vnd.docker.image.rootfs.diff.tar.gzip",
          OciDocuments.LAYER_TYPE,
          "application/vnd.docker.image.rootfs.diff.tar",
          "application/vnd.oci.image.layer.v1.tar");

  private final Optional<String> name;
  private final ImageSource source;
  private final PlatformImage image;

  /**
   * Creates a base image.
   *
   * @param name its name in a registry; a path of this machine is none
   */
  BaseImage(Optional<String> name, ImageSource source, PlatformImage image) {
    this.name = name;
    this.source = source;
    this.image = image;
  }

  /** Returns its name in a registry, if it is from one. */
  public Optional<String> name() {
    return name;
  }

  /** Returns the digest of its manifest. */
  public Digest digest() {
    return image.manifest().digest();
  }

  ImageSource source() {
    return source;
  }

  Config config() {
    return image.config();
  }

  /** Returns its layers as an OCI manifest lists them, the lowest first. */
  List<Descriptor> layers() {
    return image.references().layers().stream()
        .map(
            layer ->
                Descriptor.of(
                    LAYER_TYPES.getOrDefault(layer.mediaType(), layer.mediaType()),
                    layer.digest(),
                    layer.size()))
        .toList();
  }

  /** Returns its history, or an entry for each layer if it states none that fits. */
  List<History> history() {
    List<History> stated = image.config().history();
    int layers = image.references().layers().size();
    if (stated != null
        && stated.stream().filter(each -> !Boolean.TRUE.equals(each.emptyLayer())).count()
            == layers) {
      return stated;
    }
    return image.references().layers().stream()
        .map(layer -> new History(image.config().created(), "base image", null, null, null))
        .toList();
  }

  /** Returns the annotations of an image that is built on it (annotations.md). */
  Map<String, String> annotations() {
    Map<String, String> annotations = new TreeMap<>();
    annotations.put("org.opencontainers.image.base.digest", digest().toString());
    name.ifPresent(known -> annotations.put("org.opencontainers.image.base.name", known));
    return annotations;
  }
}
