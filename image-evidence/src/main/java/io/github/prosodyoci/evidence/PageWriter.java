package io.github.prosodyoci.evidence;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Fingerprint;
import io.github.prosodyoci.evidence.input.BuildReports;
import io.github.prosodyoci.evidence.inventory.Inventory;
import io.github.prosodyoci.evidence.inventory.InventoryReader;
import io.github.prosodyoci.evidence.page.ImagePage;
import io.github.prosodyoci.image.ImageReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Writes a page about an image, for people. */
public final class PageWriter {

  private final Consumer<String> log;

  /**
   * Creates a writer.
   *
   * @param log receives one line that says why an existing report is not used
   */
  public PageWriter(Consumer<String> log) {
    this.log = log;
  }

  /**
   * Writes the page, unless it is up to date.
   *
   * @throws FailureException with {@link EvidenceCode#NO_REPORT}, {@link
   *     EvidenceCode#LAYER_DAMAGED} or {@link EvidenceCode#DATABASE_DAMAGED} if the build is not
   *     complete, with a {@code CommonCode} if a file cannot be read or written
   */
  public DocumentsResult write(PageRequest request) {
    try {
      return writeIfNeeded(request);
    } catch (IOException e) {
      throw FileFailures.of("write", "the page", request.page(), e);
    }
  }

  private DocumentsResult writeIfNeeded(PageRequest request) throws IOException {
    Path folder = request.documents().folder();
    String name =
        String.valueOf(folder.toAbsolutePath().relativize(request.page().toAbsolutePath()));
    Digest inputs =
        new Fingerprint()
            .add("documents", BillOfMaterials.inputs(request.documents()))
            .add("name", name)
            .digest();
    Documents documents = new Documents(folder, "page.json", log);
    Optional<DocumentsResult> before = documents.upToDate(inputs);
    if (before.isPresent()) {
      return before.get();
    }
    BuildReports reports = request.documents().reports();
    ImageReport image = reports.readImage();
    Inventory inventory =
        new InventoryReader(reports, request.documents().created(), request.documents().supplier())
            .read();
    String page =
        ImagePage.of(
            inventory, reports.readVerification(), reports.openImage(image).config().config());
    return documents.write(inputs, Map.of(name, page));
  }
}
