package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.archive.Layer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Checks layer files against what the list of layers says of them. */
final class LayerFiles {

  private LayerFiles() {}

  /**
   * Returns the path of a layer's file, whose size, digest and diffID are as the layer says.
   *
   * @param folder the folder that the layer's path is relative to
   * @throws io.github.prosodyoci.core.FailureException with {@link ImageCode#LAYER_MISMATCH} if the
   *     file is missing or differs
   * @throws IOException if the file cannot be read
   */
  static Path verify(Path folder, Layer layer) throws IOException {
    Path file = folder.resolve(layer.file());
    if (!Files.isRegularFile(file)) {
      throw mismatch(layer, "there is no file " + file).toException();
    }
    expect(layer, "size", layer.size(), Files.size(file));
    expect(layer, "digest", layer.digest(), Digest.of(file));
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file), 1 << 16)) {
      expect(layer, "diffID", layer.diffId(), Digest.of(in));
    } catch (ZipException e) {
      throw mismatch(layer, file + " is not gzip").toException(e);
    }
    return file;
  }

  private static void expect(Layer layer, String what, Object expected, Object found) {
    if (!expected.equals(found)) {
      throw mismatch(layer, "its " + what + " is " + found)
          .expecting(expected.toString())
          .toException();
    }
  }

  private static Failure mismatch(Layer layer, String found) {
    return Failure.of(ImageCode.LAYER_MISMATCH, "use", "the layer " + layer.name(), found);
  }
}
