package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.archive.Layer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Holds layer files against what is said of them. */
final class LayerFiles {

  private LayerFiles() {}

  /**
   * Returns the path of a layer's file, whose size, digest and diffID are as the layer says.
   *
   * @param folder the folder that the layer's path is relative to
   * @throws ImageException if the file is missing or another
   * @throws IOException if the file cannot be read
   */
  static Path verify(Path folder, Layer layer) throws IOException {
    Path file = folder.resolve(layer.file());
    if (!Files.isRegularFile(file)) {
      throw new ImageException(problem(layer, "there is no file " + file));
    }
    expect(layer, "size", layer.size(), Files.size(file));
    expect(layer, "digest", layer.digest(), Digest.of(file));
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file), 1 << 16)) {
      expect(layer, "diffID", layer.diffId(), Digest.of(in));
    } catch (ZipException e) {
      throw new ImageException(problem(layer, file + " is not gzip: " + e.getMessage()), e);
    }
    return file;
  }

  private static void expect(Layer layer, String what, Object expected, Object found) {
    if (!expected.equals(found)) {
      throw new ImageException(
          problem(layer, "expected " + what + " " + expected + " but found " + found));
    }
  }

  private static String problem(Layer layer, String reason) {
    return "Could not use the layer "
        + layer.name()
        + ": "
        + reason
        + ". Make the layers again: mvn clean package";
  }
}
