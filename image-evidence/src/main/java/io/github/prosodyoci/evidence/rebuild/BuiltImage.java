package io.github.prosodyoci.evidence.rebuild;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.image.ImageReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An image that a build made.
 *
 * @param digest its digest
 * @param archive the archive that holds it
 */
public record BuiltImage(Digest digest, Path archive) {

  private static final String REPORT = "image.json";

  /** Below a build folder; one further folder for each platform. */
  private static final int MAX_DEPTH = 8;

  /**
   * Returns the image of a platform that a build made; the wanted one, if it made several.
   *
   * @throws IOException if a folder cannot be read
   */
  static Optional<BuiltImage> find(Path project, String platform, Digest wanted)
      throws IOException {
    List<BuiltImage> found = new ArrayList<>();
    List<Path> reports;
    try (Stream<Path> walk = Files.walk(project, MAX_DEPTH)) {
      reports =
          walk.filter(file -> file.endsWith(REPORT))
              .filter(file -> project.relativize(file).toString().contains("target"))
              .sorted()
              .toList();
    }
    for (Path report : reports) {
      image(report, platform).ifPresent(found::add);
    }
    return found.stream()
        .filter(each -> each.digest().equals(wanted))
        .findFirst()
        .or(() -> found.stream().findFirst());
  }

  private static Optional<BuiltImage> image(Path file, String platform) {
    try {
      ImageReport report = Json.read(file, ImageReport.class);
      return report.digest() != null
              && report.archive() != null
              && platform.equals(String.valueOf(report.platform()))
          ? Optional.of(new BuiltImage(report.digest(), file.resolveSibling(report.archive())))
          : Optional.empty();
    } catch (IOException e) {
      // Some other file of this name.
      return Optional.empty();
    }
  }
}
