package io.github.prosodyoci.evidence.input;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Fingerprint;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.evidence.EvidenceCode;
import io.github.prosodyoci.image.ImageReport;
import io.github.prosodyoci.image.IndexReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The reports of the stages that made an image. Only that of the image itself is required: without
 * the others, less is known of its packages.
 *
 * @param image {@code image.json}, or {@code index.json}
 * @param packages {@code packages.json}
 * @param verification {@code verification.json}
 * @param fetch {@code fetch.json}
 */
public record BuildReports(Path image, Path packages, Path verification, Path fetch) {

  /** Returns the reports in a build folder, under the names that the goals give them. */
  public static BuildReports in(Path folder) {
    return new BuildReports(
        folder.resolve("image.json"),
        folder.resolve("packages.json"),
        folder.resolve("verification.json"),
        folder.resolve("fetch.json"));
  }

  /**
   * Returns the reports on the image of one platform.
   *
   * @param image the report of the image
   * @param platform the folder of what was made for the platform
   * @param build the folder of what was made for all platforms
   */
  public static BuildReports of(Path image, Path platform, Path build) {
    return new BuildReports(
        image, in(platform).packages(), in(build).verification(), in(build).fetch());
  }

  /**
   * Returns the report of the image.
   *
   * @throws FailureException with {@link EvidenceCode#NO_REPORT} if there is none
   * @throws IOException if it cannot be read
   */
  public ImageReport readImage() throws IOException {
    if (!Files.isRegularFile(image)) {
      throw Failure.of(EvidenceCode.NO_REPORT, "read", image.toString(), "there is no such file")
          .toException();
    }
    ImageReport report = read(image, ImageReport.class);
    if (report.layers().isEmpty()) {
      throw Failure.of(EvidenceCode.NO_REPORT, "read", image.toString(), "it lists no layers")
          .toException();
    }
    return report;
  }

  /** What tells the report of an index from that of an image. */
  private record Made(@Nullable Digest digest, @Nullable List<Object> images) {}

  private Made made() throws IOException {
    if (!Files.isRegularFile(image)) {
      throw Failure.of(EvidenceCode.NO_REPORT, "read", image.toString(), "there is no such file")
          .toException();
    }
    return read(image, Made.class);
  }

  /**
   * Returns the report of an index over several platforms; empty if the report is that of one
   * image.
   *
   * @throws FailureException with {@link EvidenceCode#NO_REPORT} if there is none
   * @throws IOException if it cannot be read
   */
  public Optional<IndexReport> readIndex() throws IOException {
    List<Object> images = made().images();
    return images == null || images.isEmpty()
        ? Optional.empty()
        : Optional.of(read(image, IndexReport.class));
  }

  /** Returns the digest of the image or index; throws as {@link #readIndex} does. */
  public Digest readDigest() throws IOException {
    Digest digest = made().digest();
    if (digest == null) {
      throw Failure.of(EvidenceCode.NO_REPORT, "read", image.toString(), "it names no digest")
          .toException();
    }
    return digest;
  }

  /** Returns the report of the packages; an empty one if nothing was built. */
  public PackagesJson readPackages() throws IOException {
    return Files.exists(packages) ? read(packages, PackagesJson.class) : PackagesJson.NONE;
  }

  /** Returns the report of the verification; an empty one if nothing was verified. */
  public VerificationJson readVerification() throws IOException {
    return Files.exists(verification)
        ? read(verification, VerificationJson.class)
        : VerificationJson.NONE;
  }

  /** Returns the report of the downloads; an empty one if nothing was downloaded. */
  public FetchJson readFetch() throws IOException {
    return Files.exists(fetch) ? read(fetch, FetchJson.class) : FetchJson.NONE;
  }

  private static <T> T read(Path file, Class<T> type) throws IOException {
    byte[] json = Files.readAllBytes(file);
    try {
      return Json.parse(file.toString(), json, type);
    } catch (IOException e) {
      throw Failure.of(EvidenceCode.NO_REPORT, "read", file.toString(), Reasons.of(e))
          .toException(e);
    }
  }

  /**
   * Opens the image in the archive that its report names.
   *
   * @throws FailureException with an {@code ImageCode} if the archive is missing or damaged, or
   *     holds another image
   * @throws IOException if it cannot be read
   */
  public ImageContent openImage(ImageReport report) throws IOException {
    return ImageContent.open(image.toAbsolutePath().resolveSibling(""), report);
  }

  /** Adds what the reports hold to a fingerprint. */
  public Fingerprint addTo(Fingerprint fingerprint) throws IOException {
    for (Path each : List.of(image, packages, verification, fetch)) {
      fingerprint.add(
          each.getFileName().toString(),
          Files.isRegularFile(each) ? Digest.of(each).toString() : "none");
    }
    return fingerprint;
  }
}
