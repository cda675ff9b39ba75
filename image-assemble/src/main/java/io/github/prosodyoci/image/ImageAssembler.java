package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.archive.Layer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Makes an image of the layers that a list names: the archive, and the report beside it. */
public final class ImageAssembler {

  private final String madeBy;

  /**
   * Creates an assembler.
   *
   * @param madeBy its name and version; what another version made is made again
   */
  public ImageAssembler(String madeBy) {
    this.madeBy = madeBy;
  }

  /**
   * What to make, and where.
   *
   * @param layersFile the list of layers, as {@code alpine-rootfs:layers} writes it
   * @param description all of the image but its layers
   * @param archive the archive to write
   * @param report the report to write
   */
  public record Request(Path layersFile, ImageDescription description, Path archive, Path report) {}

  /**
   * What was made.
   *
   * @param report what the report file says
   * @param upToDate whether archive and report stood there already
   */
  public record Result(ImageReport report, boolean upToDate) {}

  /**
   * Writes archive and report, unless both stand there already and hold what they should.
   *
   * @throws ImageException if the layers are missing, for another platform, or not what the list
   *     says of them
   * @throws IOException if a file cannot be read or written
   */
  public Result assemble(Request request) throws IOException {
    LayerList list = LayerList.read(request.layersFile());
    if (list.platform() != request.description().platform()) {
      throw new ImageException(
          "Could not make the image "
              + request.description().name()
              + ": it is for "
              + request.description().platform()
              + " but the layers of "
              + request.layersFile()
              + " are for "
              + list.platform()
              + ". Run the whole build with the same prosodyoci.platform");
    }
    Image image = Image.of(request.description(), list.layers());
    if (Files.isRegularFile(request.archive()) && Files.isRegularFile(request.report())) {
      ImageReport expected = report(request, image, Digest.of(request.archive()));
      if (Json.text(expected).equals(Files.readString(request.report()))) {
        return new Result(expected, true);
      }
    }
    Files.deleteIfExists(request.report());
    Digest archiveDigest =
        ImageArchive.write(image, folder(request.layersFile()), request.archive());
    ImageReport report = report(request, image, archiveDigest);
    Json.write(request.report(), report);
    return new Result(report, false);
  }

  private ImageReport report(Request request, Image image, Digest archiveDigest) {
    Path folder = folder(request.report());
    Path layersFolder = folder(request.layersFile());
    List<Layer> layers =
        image.layers().stream()
            .map(
                layer ->
                    new Layer(
                        layer.name(),
                        relative(folder, layersFolder.resolve(layer.file())),
                        layer.digest(),
                        layer.diffId(),
                        layer.size(),
                        layer.contents()))
            .toList();
    return new ImageReport(
        request.description().name().text(),
        request.description().annotations().get(ImageDescription.VERSION),
        request.description().platform(),
        image.digest(),
        image.configDigest(),
        relative(folder, request.archive()),
        archiveDigest,
        image.size(),
        madeBy,
        layers);
  }

  private static Path folder(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new ImageException("Could not use " + file + ": it names no file. Name one");
    }
    return folder;
  }

  private static String relative(Path folder, Path file) {
    return folder
        .relativize(file.toAbsolutePath().normalize())
        .toString()
        .replace(file.getFileSystem().getSeparator(), "/");
  }
}
