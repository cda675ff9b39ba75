package io.github.prosodyoci.evidence.input;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.evidence.EvidenceCode;
import io.github.prosodyoci.image.ImageReport;
import io.github.prosodyoci.image.oci.OciDocuments;
import io.github.prosodyoci.image.oci.OciDocuments.Config;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.oci.OciDocuments.Manifest;
import io.github.prosodyoci.image.transfer.LayoutSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An image in the archive that a build made of it: all layers, those of a base image included. */
public final class ImageContent {

  private final LayoutSource archive;
  private final ImageReport report;
  private final Manifest manifest;
  private final Config config;

  private ImageContent(LayoutSource archive, ImageReport report, Manifest manifest, Config config) {
    this.archive = archive;
    this.report = report;
    this.manifest = manifest;
    this.config = config;
  }

  /**
   * Opens an image.
   *
   * @param folder the folder of the report, which the archive's path is relative to
   * @throws FailureException with an {@code ImageCode} if the archive is missing or damaged, or
   *     holds another image
   * @throws IOException if it cannot be read
   */
  static ImageContent open(Path folder, ImageReport report) throws IOException {
    LayoutSource archive = LayoutSource.archive(folder.resolve(report.archive()));
    Manifest manifest =
        parse(
            "the manifest", archive.document(archive.find(null, report.digest())), Manifest.class);
    try (InputStream in = archive.open(manifest.config())) {
      return new ImageContent(
          archive,
          report,
          manifest,
          parse("the configuration", in.readNBytes(OciDocuments.MAX_DOCUMENT), Config.class));
    }
  }

  private static <T> T parse(String name, byte[] json, Class<T> type) {
    try {
      return Json.parse(name, json, type);
    } catch (IOException e) {
      throw Failure.of(EvidenceCode.LAYER_DAMAGED, "read", name, Reasons.of(e)).toException(e);
    }
  }

  /** Returns how containers of the image run. */
  public Config config() {
    return config;
  }

  /**
   * Returns the layers, the lowest first. Those of a base image, whose names nobody knows, are
   * numbered.
   */
  public List<Layer> layers() {
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < manifest.layers().size(); i++) {
      Descriptor layer = manifest.layers().get(i);
      Digest diffId =
          i < config.rootfs().diffIds().size() ? config.rootfs().diffIds().get(i) : layer.digest();
      String name = "base-image-" + (i + 1);
      layers.add(
          report.layers().stream()
              .filter(own -> own.digest().equals(layer.digest()))
              .findFirst()
              .orElseGet(
                  () -> new Layer(name, "", layer.digest(), diffId, layer.size(), List.of())));
    }
    return layers;
  }

  /**
   * Returns the files that a container of the image sees.
   *
   * @throws FailureException with {@link EvidenceCode#LAYER_DAMAGED} if a layer is damaged, or is
   *     compressed in a way that cannot be read
   * @throws IOException if the archive cannot be read
   */
  public ImageFiles files() throws IOException {
    List<Layer> layers = layers();
    ImageFiles files = new ImageFiles();
    for (int i = 0; i < layers.size(); i++) {
      Descriptor layer = manifest.layers().get(i);
      ImageFiles.requireReadable(layers.get(i).name(), layer.mediaType());
      try (InputStream in = archive.open(layer)) {
        files.add(layers.get(i).name(), in, layer.digest());
      }
    }
    return files;
  }
}
