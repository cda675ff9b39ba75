package io.github.prosodyoci.evidence.inventory;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.evidence.input.BuildReports;
import io.github.prosodyoci.evidence.input.ImageContent;
import io.github.prosodyoci.image.ImageName;
import io.github.prosodyoci.image.ImageReport;
import io.github.prosodyoci.image.IndexReport;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what an image consists of from the reports of its build, and from its layers. */
public final class InventoryReader {

  private final BuildReports reports;
  private final Instant created;
  private final String supplier;

  /**
   * Creates a reader.
   *
   * @param created the one time that everything carries
   * @param supplier who makes the image
   */
  public InventoryReader(BuildReports reports, Instant created, String supplier) {
    this.reports = reports;
    this.created = created;
    this.supplier = supplier;
  }

  /**
   * Returns the inventory.
   *
   * @throws FailureException with {@code NO_REPORT}, {@code LAYER_DAMAGED} or an {@code ImageCode}
   *     if the build is not complete
   * @throws IOException if a file cannot be read
   */
  public Inventory read() throws IOException {
    ImageReport report = reports.readImage();
    ImageContent content = reports.openImage(report);
    return Inventory.of(
        subject(report),
        content.layers(),
        content.files(),
        reports.readPackages(),
        reports.readVerification());
  }

  /** Returns the images of an index, of which nothing but the report is read. */
  public List<Subject> subjects(IndexReport index) {
    return index.images().stream()
        .map(each -> subject(index.name(), index.version(), each.platform(), each.digest()))
        .toList();
  }

  /** Returns the image alone; throws as {@link #read} does. */
  public Subject subject() throws IOException {
    return subject(reports.readImage());
  }

  private Subject subject(ImageReport report) {
    return subject(report.name(), report.version(), report.platform(), report.digest());
  }

  private Subject subject(String text, @Nullable String version, Platform platform, Digest digest) {
    ImageName name = ImageName.parse(text);
    String repository = name.repository();
    return new Subject(
        repository.substring(repository.lastIndexOf('/') + 1),
        name.tag(),
        version == null ? name.tag() : version,
        platform,
        digest,
        created,
        supplier);
  }
}
