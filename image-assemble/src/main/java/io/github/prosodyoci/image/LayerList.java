package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.Layer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The layers that an image is made of, as {@code rootfs.json} lists them.
 *
 * @param platform the platform that the layers were made for
 * @param layers the layers, the lowest first
 */
public record LayerList(Platform platform, List<Layer> layers) {

  /** Copies the list. */
  public LayerList {
    if (platform == null || layers == null) {
      throw new IllegalArgumentException("it has no platform or no layers");
    }
    layers = List.copyOf(layers);
  }

  /**
   * Returns the layers that a JSON file lists.
   *
   * @throws ImageException if there is no such file, or it lists no layers
   * @throws IOException if the file cannot be read
   */
  public static LayerList read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new ImageException(
          "Could not make the image: there is no list of layers at "
              + file
              + ". Run alpine-rootfs:layers before, or set prosodyoci.layersFile");
    }
    return Json.read(file, LayerList.class);
  }
}
