package io.github.prosodyoci.evidence;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.evidence.provenance.Predicates;
import io.github.prosodyoci.evidence.provenance.Rebuilt;
import io.github.prosodyoci.evidence.sbom.CycloneDx;
import io.github.prosodyoci.evidence.sbom.Spdx;
import io.github.prosodyoci.evidence.sign.Envelope;
import io.github.prosodyoci.evidence.sign.SigningKey;
import io.github.prosodyoci.evidence.sign.Statement;
import io.github.prosodyoci.evidence.store.ArtifactStore;
import io.github.prosodyoci.evidence.store.Artifacts;
import io.github.prosodyoci.evidence.store.SignatureTag;
import io.github.prosodyoci.image.oci.OciDocuments;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Signs an image in a registry, and attaches what is known of it: the bills of materials as they
 * are, which scanners find, and signed statements of everything, which {@link ImageVerifier} and
 * cosign check. To attach the same again changes nothing.
 */
public final class EvidenceAttacher {

  private final Artifacts artifacts;

  /** Creates an attacher for the repository that has the image. */
  public EvidenceAttacher(ArtifactStore store) {
    this.artifacts = new Artifacts(store);
  }

  /**
   * Attaches the documents of a folder, and the signature.
   *
   * @throws FailureException with {@link EvidenceCode#IMAGE_MISSING} if the image is not there,
   *     with {@link EvidenceCode#NO_REPORT} if a document is missing, with {@link
   *     EvidenceCode#SUBJECT_MISMATCH} if it is about another image; nothing is attached then
   * @throws IOException if the store cannot be asked, or does not take something
   */
  public AttachResult attach(AttachRequest request) throws IOException {
    boolean index = !artifacts.listed("the image", request.image()).isEmpty();
    Descriptor image =
        Descriptor.of(
            index ? OciDocuments.INDEX_TYPE : OciDocuments.MANIFEST_TYPE,
            artifacts.bytes("the image", request.image()));
    Map<String, Statement> statements = index ? indexStatements(request) : statements(request);
    SortedMap<String, byte[]> plain = new TreeMap<>();
    plain.put(CycloneDx.MEDIA_TYPE, read(request.folder().resolve(BillOfMaterials.CYCLONE_DX)));
    if (!index) {
      plain.put(Spdx.MEDIA_TYPE, read(request.folder().resolve(BillOfMaterials.SPDX)));
    }
    SortedMap<String, Digest> attached = new TreeMap<>();
    for (Map.Entry<String, Statement> each : statements.entrySet()) {
      attached.put(each.getKey(), attach(image, each.getValue(), request.key()));
    }
    for (Map.Entry<String, byte[]> each : plain.entrySet()) {
      attached.put(
          "plain " + each.getKey(),
          artifacts.attach(image, each.getKey(), each.getValue(), Map.of()));
    }
    String tag =
        new SignatureTag(artifacts).add(request.repository(), request.image(), request.key());
    return new AttachResult(attached, tag);
  }

  /**
   * Attaches the signed statement that an image was built again, and came out the same.
   *
   * @param repository registry and repository, as statements name it
   * @return the digest of the artifact
   * @throws FailureException with {@link EvidenceCode#IMAGE_MISSING} if the image is not there
   * @throws IOException if the store cannot be asked, or does not take it
   */
  public Digest attach(String repository, Digest image, Rebuilt rebuilt, SigningKey key)
      throws IOException {
    Descriptor subject =
        Descriptor.of(OciDocuments.MANIFEST_TYPE, artifacts.bytes("the image", image));
    String name = repository.substring(repository.lastIndexOf('/') + 1);
    return attach(subject, Statement.about(name, image, Predicates.REBUILT, rebuilt), key);
  }

  private Digest attach(Descriptor image, Statement statement, SigningKey key) throws IOException {
    return artifacts.attach(
        image,
        Envelope.MEDIA_TYPE,
        Envelope.sign(statement, key),
        Map.of(
            "dev.sigstore.bundle.content",
            "dsse-envelope",
            Envelope.PREDICATE_TYPE_ANNOTATION,
            statement.predicateType()));
  }

  /** Returns what to sign of an index: itself, and which images it consists of. */
  private static Map<String, Statement> indexStatements(AttachRequest request) {
    Map<String, Statement> statements = new LinkedHashMap<>();
    String name = request.repository().substring(request.repository().lastIndexOf('/') + 1);
    Path sbom = request.folder().resolve(BillOfMaterials.CYCLONE_DX);
    statements.put("sbom (CycloneDX)", about(name, Predicates.CYCLONE_DX, sbom, request));
    statements.put("signature", signature(name, request));
    return statements;
  }

  private static Statement signature(String name, AttachRequest request) {
    return Statement.about(name, request.image(), Predicates.IMAGE_SIGNATURE, Map.of());
  }

  /** Returns what to sign, after checking that all of it is about the image. */
  private static Map<String, Statement> statements(AttachRequest request) {
    Map<String, Statement> statements = new LinkedHashMap<>();
    Path folder = request.folder();
    statements.put("provenance", statement(folder.resolve(BuildProvenance.PROVENANCE), request));
    statements.put("sources", statement(folder.resolve(BuildProvenance.SOURCES), request));
    String name = statements.get("provenance").subject().get(0).name();
    statements.put(
        "sbom (CycloneDX)",
        about(name, Predicates.CYCLONE_DX, folder.resolve(BillOfMaterials.CYCLONE_DX), request));
    statements.put(
        "sbom (SPDX)", about(name, Predicates.SPDX, folder.resolve(BillOfMaterials.SPDX), request));
    statements.put(
        "vex", about(name, Predicates.OPEN_VEX, folder.resolve(BillOfMaterials.OPEN_VEX), request));
    statements.put("signature", signature(name, request));
    return statements;
  }

  private static Statement statement(Path file, AttachRequest request) {
    Statement statement = parse(file, Statement.class);
    if (!statement.isAbout(request.image())) {
      throw elsewhere(file, request);
    }
    return statement;
  }

  private static Statement about(String name, String type, Path file, AttachRequest request) {
    byte[] json = read(file);
    // Each of them names the image by its digest: as a hash, or in the name of a product.
    if (!new String(json, StandardCharsets.UTF_8).contains(request.image().hex())) {
      throw elsewhere(file, request);
    }
    return Statement.about(name, request.image(), type, parse(file, Object.class));
  }

  private static FailureException elsewhere(Path file, AttachRequest request) {
    return Failure.of(
            EvidenceCode.SUBJECT_MISMATCH, "attach", file.toString(), "it is about another image")
        .expecting(request.image().toString())
        .advising("Write it again: mvn package.")
        .toException();
  }

  private static <T> T parse(Path file, Class<T> type) {
    try {
      return Json.parse(file.toString(), read(file), type);
    } catch (IOException e) {
      throw missing(file, Reasons.of(e)).toException(e);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw missing(file, "there is no such file").toException(e);
    } catch (IOException e) {
      throw FileFailures.of("attach", file.toString(), file, e);
    }
  }

  private static Failure missing(Path file, String found) {
    return Failure.of(EvidenceCode.NO_REPORT, "attach", file.toString(), found);
  }
}
