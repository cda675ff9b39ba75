package io.github.prosodyoci.image;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What image to make, and where.
 *
 * @param layersFile the list of layers, as {@code alpine-rootfs:layers} writes it
 * @param description all of the image but its layers
 * @param archive the archive to write
 * @param report the report to write
 * @param madeBy the name and code of what makes the image; what other code made is made again
 * @param base the image that the layers are put on, or null
 */
public record AssembleRequest(
    Path layersFile,
    ImageDescription description,
    Path archive,
    Path report,
    String madeBy,
    @Nullable BaseImage base) {

  /** Requests an image without a base. */
  public AssembleRequest(
      Path layersFile, ImageDescription description, Path archive, Path report, String madeBy) {
    this(layersFile, description, archive, report, madeBy, null);
  }
}
