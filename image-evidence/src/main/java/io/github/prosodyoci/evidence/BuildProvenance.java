package io.github.prosodyoci.evidence;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Fingerprint;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.evidence.input.BuildReports;
import io.github.prosodyoci.evidence.inventory.InventoryReader;
import io.github.prosodyoci.evidence.provenance.BuildFacts;
import io.github.prosodyoci.evidence.provenance.BuildJar;
import io.github.prosodyoci.evidence.provenance.ProvenanceWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes where an image comes from, as SLSA provenance, and who signed its sources. Both are
 * in-toto statements, not signed yet.
 */
public final class BuildProvenance {

  /** The provenance. */
  public static final String PROVENANCE = "provenance.intoto.json";

  /** The summary of how the sources were verified. */
  public static final String SOURCES = "sources.intoto.json";

  private final Consumer<String> log;

  /**
   * Creates a writer.
   *
   * @param log receives one line that says why an existing report is not used
   */
  public BuildProvenance(Consumer<String> log) {
    this.log = log;
  }

  /**
   * Writes the statements, unless they are up to date.
   *
   * @param facts what the build knows of itself
   * @throws FailureException with {@link EvidenceCode#NO_REPORT} if the build is not complete, with
   *     a {@code CommonCode} if a file cannot be read or written
   */
  public DocumentsResult write(DocumentsRequest request, BuildFacts facts) {
    try {
      return writeIfNeeded(request, facts);
    } catch (IOException e) {
      throw FileFailures.of("write", "the provenance", request.folder(), e);
    }
  }

  private DocumentsResult writeIfNeeded(DocumentsRequest request, BuildFacts facts)
      throws IOException {
    Fingerprint fingerprint =
        new Fingerprint()
            .add("documents", BillOfMaterials.inputs(request))
            .add("facts", facts.toString());
    for (BuildJar jar : facts.jars()) {
      // Released files do not change, and to read them all takes longer than all else.
      fingerprint.add(
          jar.uri(),
          Files.size(jar.file()) + " " + Files.getLastModifiedTime(jar.file()).toMillis());
    }
    Digest inputs = fingerprint.digest();
    Documents documents = new Documents(request.folder(), "provenance.json", log);
    Optional<DocumentsResult> before = documents.upToDate(inputs);
    if (before.isPresent()) {
      return before.get();
    }
    BuildReports reports = request.reports();
    ProvenanceWriter writer =
        new ProvenanceWriter(
            new InventoryReader(reports, request.created(), request.supplier()).subject(),
            facts,
            request.tool());
    return documents.write(
        inputs,
        Map.of(
            PROVENANCE,
            Json.text(writer.provenance(reports.readFetch(), reports.readPackages())),
            SOURCES,
            Json.text(writer.sources(reports.readVerification()))));
  }
}
