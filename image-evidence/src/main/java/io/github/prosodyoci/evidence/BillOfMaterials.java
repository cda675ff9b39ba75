package io.github.prosodyoci.evidence;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Fingerprint;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.evidence.inventory.Identifiers;
import io.github.prosodyoci.evidence.inventory.Inventory;
import io.github.prosodyoci.evidence.inventory.InventoryReader;
import io.github.prosodyoci.evidence.sbom.CycloneDxWriter;
import io.github.prosodyoci.evidence.sbom.IndexSbom;
import io.github.prosodyoci.evidence.sbom.SpdxWriter;
import io.github.prosodyoci.evidence.vex.SecurityDatabase;
import io.github.prosodyoci.evidence.vex.VexWriter;
import io.github.prosodyoci.image.IndexReport;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes what is in an image, as CycloneDX 1.6 and SPDX 2.3, and what is so with published
 * vulnerabilities of it, as OpenVEX 0.2.0 and CycloneDX 1.6. Of an index over several platforms,
 * which images it consists of, as CycloneDX 1.6.
 */
public final class BillOfMaterials {

  /** The bill of materials as CycloneDX. */
  public static final String CYCLONE_DX = "sbom.cdx.json";

  /** The bill of materials as SPDX. */
  public static final String SPDX = "sbom.spdx.json";

  /** The statements on vulnerabilities as OpenVEX. */
  public static final String OPEN_VEX = "vex.openvex.json";

  /** The statements on vulnerabilities as CycloneDX. */
  public static final String CYCLONE_DX_VEX = "vex.cdx.json";

  /** Which versions fixed which vulnerabilities, as Alpine publishes it. */
  public static final String SECURITY_DATABASE = "secdb.json";

  private final Consumer<String> log;

  /**
   * Creates a writer.
   *
   * @param log receives one line that says why an existing report is not used
   */
  public BillOfMaterials(Consumer<String> log) {
    this.log = log;
  }

  /**
   * Writes the documents, unless they are up to date.
   *
   * @throws FailureException with {@link EvidenceCode#NO_REPORT}, {@link
   *     EvidenceCode#LAYER_DAMAGED} or {@link EvidenceCode#DATABASE_DAMAGED} if the build is not
   *     complete, with a {@code CommonCode} if a file cannot be read or written
   */
  public DocumentsResult write(DocumentsRequest request) {
    try {
      return writeIfNeeded(request);
    } catch (IOException e) {
      throw FileFailures.of("write", "the bill of materials", request.folder(), e);
    }
  }

  private DocumentsResult writeIfNeeded(DocumentsRequest request) throws IOException {
    Digest inputs = inputs(request);
    Documents documents = new Documents(request.folder(), "sbom.json", log);
    Optional<DocumentsResult> before = documents.upToDate(inputs);
    if (before.isPresent()) {
      return before.get();
    }
    InventoryReader reader =
        new InventoryReader(request.reports(), request.created(), request.supplier());
    Optional<IndexReport> index = request.reports().readIndex();
    if (index.isPresent()) {
      return documents.write(
          inputs,
          Map.of(
              CYCLONE_DX,
              Json.text(
                  IndexSbom.of(
                      index.get().digest(), reader.subjects(index.get()), request.tool()))));
    }
    Inventory inventory = reader.read();
    VexWriter vex = new VexWriter(inventory, request.tool());
    return documents.write(
        inputs,
        Map.of(
            CYCLONE_DX,
            Json.text(new CycloneDxWriter(inventory, request.tool()).bom()),
            SPDX,
            Json.text(new SpdxWriter(inventory, request.tool()).document()),
            OPEN_VEX,
            Json.text(vex.openVex()),
            CYCLONE_DX_VEX,
            Json.text(vex.cycloneDx()),
            SECURITY_DATABASE,
            Json.text(SecurityDatabase.of(inventory, Identifiers.OWN_NAMESPACE))));
  }

  static Digest inputs(DocumentsRequest request) throws IOException {
    return request
        .reports()
        .addTo(new Fingerprint())
        .add("code", request.madeBy())
        .add("created", request.created().toString())
        .add("supplier", request.supplier())
        .add("tool", request.tool().name() + " " + request.tool().version())
        .digest();
  }
}
