package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.image.oci.OciDocuments;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.oci.OciDocuments.TargetPlatform;
import io.github.prosodyoci.image.transfer.LayoutArchive;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Writes the image of one platform as one tar file. */
final class ImageArchive {

  private ImageArchive() {}

  /**
   * Writes the archive of an image, which appears whole or not at all.
   *
   * @param folder the folder that the layers' paths are relative to
   * @return the digest of the archive
   * @throws io.github.prosodyoci.core.FailureException with {@link ImageCode#LAYER_MISMATCH} if a
   *     layer file is not what the image says of it
   * @throws IOException if a file cannot be read or written
   */
  static Digest write(Image image, Path folder, Path target) throws IOException {
    LayoutArchive archive = new LayoutArchive();
    for (Layer layer : image.layers()) {
      archive.add(LayerFiles.verify(folder, layer), layer.digest(), layer.size());
    }
    image.base().ifPresent(base -> archive.add(base.source(), base.layers()));
    archive.add(image.config());
    archive.add(image.manifest());
    ImageDescription description = image.description();
    archive.index(
        List.of(
            Descriptor.of(OciDocuments.MANIFEST_TYPE, image.manifest())
                .with(TargetPlatform.of(description.platform()))
                .with(description.name().annotations())));
    archive.docker(
        image.configDigest(),
        List.of(description.name().text()),
        Stream.concat(image.baseLayers().stream(), image.layers().stream().map(Layer::digest))
            .toList());
    return archive.write(target, description.created().getEpochSecond());
  }
}
