package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.EarlierReport;
import io.github.prosodyoci.core.Fingerprint;
import io.github.prosodyoci.core.archive.Encoding;
import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.packages.PackageRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Tells whether layers have to be made again. */
final class Inputs {

  private Inputs() {}

  /**
   * Returns a digest of all that layers are made of. Who signed the repositories does not count, as
   * nothing of it gets into a layer.
   *
   * @throws IOException if a file that goes into a layer cannot be read
   */
  static Digest of(InstallRequest request) throws IOException {
    Fingerprint inputs =
        new Fingerprint()
            .add("code", request.madeBy())
            .add("encoding", String.valueOf(Encoding.version()))
            .add("platform", request.platform().toString())
            .add("timestamp", request.timestamp().toString())
            .add("layout", request.layout().toString());
    for (LayerSpec layer : request.layers()) {
      inputs.add("layer", layer.name());
      inputs.add("world", layer.world().stream().map(Object::toString).toList());
      for (Path folder : layer.files()) {
        inputs.add("files", lines(folder));
      }
    }
    for (PackageRepository repository : request.repositories()) {
      inputs.add("repository", repository.packages().tag());
      inputs.add("rules", repository.packages().rules().toString());
      inputs.add(
          "index",
          repository.packages().entries().stream()
              .map(entry -> entry.info().nameVersion() + " " + entry.identity())
              .toList());
    }
    if (request.base().isPresent()) {
      Path base = request.base().get();
      inputs.add("base", Files.isDirectory(base) ? lines(base) : List.of(Digest.of(base).hex()));
    }
    request
        .waivedScripts()
        .forEach((script, reason) -> inputs.add("waived", script).add("reason", reason));
    return inputs.digest();
  }

  /** Returns a line for each file below a folder: its path, and what a layer takes of it. */
  private static List<String> lines(Path folder) throws IOException {
    List<String> lines = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return lines;
    }
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.sorted().toList();
    }
    for (Path file : files) {
      String path = folder.relativize(file).toString();
      if (Files.isSymbolicLink(file)) {
        lines.add(path + " link " + Files.readSymbolicLink(file));
      } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        lines.add(path + " file " + FolderFiles.isExecutable(file) + " " + Digest.of(file));
      } else {
        lines.add(path);
      }
    }
    return lines;
  }

  /**
   * Returns the report that a file holds, if its layers were made of the same inputs and are all
   * there, unchanged.
   *
   * @param log receives one line that says why an existing report is not used
   * @throws IOException if a layer cannot be read
   */
  static Optional<RootfsReport> unchanged(Path reportFile, Digest inputs, Consumer<String> log)
      throws IOException {
    Optional<RootfsReport> earlier =
        EarlierReport.read(reportFile, RootfsReport.class, log)
            .filter(report -> inputs.equals(report.inputs()));
    if (earlier.isPresent()) {
      for (Layer layer : earlier.get().layers()) {
        Path file = reportFile.resolveSibling(layer.file());
        if (!Files.isRegularFile(file)
            || Files.size(file) != layer.size()
            || !Digest.of(file).equals(layer.digest())) {
          return Optional.empty();
        }
      }
    }
    return earlier;
  }
}
