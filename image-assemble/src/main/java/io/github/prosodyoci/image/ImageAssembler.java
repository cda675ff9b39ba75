package io.github.prosodyoci.image;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.EarlierReport;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Fingerprint;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.Layer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/** Makes an image of the layers that a list names: the archive, and the report beside it. */
public final class ImageAssembler {

  private final Consumer<String> log;

  /**
   * Creates an assembler.
   *
   * @param log receives one line that says why an existing report is not used
   */
  public ImageAssembler(Consumer<String> log) {
    this.log = log;
  }

  /**
   * Writes archive and report, unless both are there already and hold what they should.
   *
   * @throws FailureException with {@code NO_LAYERS}, {@code PLATFORM_MISMATCH} or {@code
   *     LAYER_MISMATCH} if the layers are missing, for another platform, or differ from the list;
   *     with a {@code CommonCode} if a file cannot be read or written. The report appears last, and
   *     both files whole or not at all.
   */
  public AssembleResult assemble(AssembleRequest request) {
    try {
      return makeIfNeeded(request);
    } catch (IOException e) {
      throw FileFailures.of("make", thing(request), ReportPaths.folder(request.archive()), e);
    }
  }

  private static String thing(AssembleRequest request) {
    return "the image " + request.description().name();
  }

  private AssembleResult makeIfNeeded(AssembleRequest request) throws IOException {
    LayerList list = LayerList.read(request.layersFile());
    Platform platform = request.description().platform();
    if (list.platform() != platform) {
      throw Failure.of(
              ImageCode.PLATFORM_MISMATCH,
              "make",
              thing(request),
              "the layers of " + request.layersFile() + " are for " + list.platform())
          .expecting(platform.toString())
          .toException();
    }
    Image image = Image.of(request.description(), list.layers(), request.base());
    if (Files.isRegularFile(request.archive())) {
      ImageReport expected = report(request, image, Digest.of(request.archive()));
      if (EarlierReport.read(request.report(), ImageReport.class, log)
          .filter(expected::equals)
          .isPresent()) {
        return new AssembleResult(expected, true);
      }
    }
    Files.deleteIfExists(request.report());
    Digest archiveDigest =
        ImageArchive.write(image, ReportPaths.folder(request.layersFile()), request.archive());
    ImageReport report = report(request, image, archiveDigest);
    Json.write(request.report(), report);
    return new AssembleResult(report, false);
  }

  private static ImageReport report(AssembleRequest request, Image image, Digest archiveDigest) {
    BaseImage base = request.base();
    Path folder = ReportPaths.folder(request.report());
    Path layersFolder = ReportPaths.folder(request.layersFile());
    List<Layer> layers =
        image.layers().stream()
            .map(
                layer ->
                    new Layer(
                        layer.name(),
                        ReportPaths.relative(folder, layersFolder.resolve(layer.file())),
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
        ReportPaths.relative(folder, request.archive()),
        archiveDigest,
        image.size(),
        inputs(request, image),
        base == null
            ? null
            : new ImageReport.Base(base.name().orElse(null), base.digest(), image.baseLayers()),
        layers);
  }

  private static Digest inputs(AssembleRequest request, Image image) {
    // The manifest names configuration and layers by their digests.
    return new Fingerprint()
        .add("code", request.madeBy())
        .add("name", request.description().name().text())
        .add("manifest", image.digest())
        .digest();
  }
}
