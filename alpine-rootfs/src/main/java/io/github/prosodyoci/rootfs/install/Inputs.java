package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.archive.Encoding;
import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.index.IndexEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Tells whether layers have to be made again. */
public final class Inputs {

  private Inputs() {}

  /**
   * Returns a digest of all that layers are made of. Who signed the repositories does not count, as
   * nothing of it gets into a layer.
   *
   * @param version what tells the running code from other code
   * @throws IOException if a file that goes into a layer cannot be read
   */
  public static Digest of(InstallRequest request, String version) throws IOException {
    StringBuilder text = new StringBuilder(version).append('\n');
    text.append("encoding ").append(Encoding.version()).append('\n');
    text.append(request.platform()).append('\n').append(request.timestamp()).append('\n');
    text.append(request.layout()).append('\n');
    for (LayerSpec layer : request.layers()) {
      text.append("layer ").append(layer.name()).append(' ').append(layer.world()).append('\n');
      for (Path folder : layer.files()) {
        append(text, folder);
      }
    }
    for (PackageRepository repository : request.repositories()) {
      text.append("repository ").append(repository.packages().tag()).append('\n');
      for (IndexEntry entry : repository.packages().entries()) {
        text.append(entry.info().nameVersion()).append(' ').append(entry.identity()).append('\n');
      }
    }
    for (Map.Entry<Digest, String> waiver : request.waivedScripts().entrySet()) {
      text.append("waived ").append(waiver).append('\n');
    }
    return Digest.of(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void append(StringBuilder text, Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.sorted().toList();
    }
    for (Path file : files) {
      text.append(folder.relativize(file)).append(' ');
      if (Files.isSymbolicLink(file)) {
        text.append(Files.readSymbolicLink(file));
      } else if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        text.append(Installation.isExecutable(file)).append(' ').append(Digest.of(file));
      }
      text.append('\n');
    }
  }

  /**
   * Returns the report that a file holds, if its layers were made of the same inputs and are all
   * there, unchanged.
   *
   * @throws IOException if a layer cannot be read
   */
  public static Optional<RootfsReport> unchanged(Path reportFile, Digest inputs)
      throws IOException {
    if (!Files.isRegularFile(reportFile)) {
      return Optional.empty();
    }
    RootfsReport report;
    try {
      report = Json.read(reportFile, RootfsReport.class);
    } catch (IOException | RuntimeException e) {
      // Then the layers are made anew, and the report with them.
      return Optional.empty();
    }
    boolean same = report.inputs().equals(inputs);
    for (Layer layer : report.layers()) {
      Path file = reportFile.resolveSibling(layer.file());
      same =
          same
              && Files.isRegularFile(file)
              && Files.size(file) == layer.size()
              && Digest.of(file).equals(layer.digest());
    }
    return same ? Optional.of(report) : Optional.empty();
  }
}
