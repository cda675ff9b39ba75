package io.github.prosodyoci.evidence.check;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.evidence.EvidenceCode;
import io.github.prosodyoci.evidence.sign.Envelope;
import io.github.prosodyoci.evidence.sign.Statement;
import io.github.prosodyoci.evidence.sign.VerifyingKey;
import io.github.prosodyoci.evidence.store.Artifacts;
import io.github.prosodyoci.image.oci.OciDocuments.Descriptor;
import io.github.prosodyoci.image.oci.OciDocuments.Manifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The statements that refer to an image, and are signed with trusted keys. Others may attach what
 * they like: it is passed over, and only named where something that is needed is missing.
 */
public final class Attestations {

  private final Digest image;
  private final List<Signed> signed = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private int found;

  /**
   * A statement about the image, and who signed it.
   *
   * @param statement the statement
   * @param signer the key that signed it
   */
  public record Signed(Statement statement, VerifyingKey signer) {}

  /** Why a statement does not count. */
  private record Problem(String predicateType, Failure failure) {}

  private Attestations(Digest image) {
    this.image = image;
  }

  /**
   * Reads the statements about an image.
   *
   * @throws IOException if the store cannot be asked
   */
  public static Attestations read(Artifacts artifacts, Digest image, List<VerifyingKey> keys)
      throws IOException {
    Attestations read = new Attestations(image);
    for (Descriptor each : artifacts.store().referrers(image)) {
      read.found++;
      if (each.artifactType() == null || each.artifactType().equals(Envelope.MEDIA_TYPE)) {
        read.add(artifacts, each, keys);
      }
    }
    return read;
  }

  private void add(Artifacts artifacts, Descriptor each, List<VerifyingKey> keys)
      throws IOException {
    String type = type(each);
    String thing = thing(type);
    try {
      Manifest manifest = artifacts.manifest(thing, each.digest());
      if (manifest.layers().size() != 1
          || !Envelope.MEDIA_TYPE.equals(manifest.layers().get(0).mediaType())) {
        return;
      }
      Envelope envelope =
          Envelope.parse(thing, artifacts.document(thing, manifest.layers().get(0)));
      Optional<VerifyingKey> signer = envelope.signer(keys);
      if (signer.isEmpty()) {
        problems.add(
            new Problem(
                type,
                Failure.of(
                    EvidenceCode.NOT_SIGNED,
                    "accept",
                    thing,
                    "it is not signed with a trusted key")));
        return;
      }
      Statement statement = envelope.statement(thing);
      if (statement.isAbout(image)) {
        signed.add(new Signed(statement, signer.get()));
      } else {
        problems.add(
            new Problem(
                statement.predicateType(),
                Failure.of(
                        EvidenceCode.SUBJECT_MISMATCH,
                        "accept",
                        thing(statement.predicateType()),
                        "it is signed by " + signer.get().name() + ", but about another image")
                    .expecting(image.toString())));
      }
    } catch (FailureException e) {
      problems.add(new Problem(type, e.failure()));
    }
  }

  private static String type(Descriptor descriptor) {
    return Optional.ofNullable(descriptor.annotations())
        .map(each -> each.get(Envelope.PREDICATE_TYPE_ANNOTATION))
        .orElse("");
  }

  private static String thing(String type) {
    return type.isEmpty() ? "an attestation" : "the attestation " + type;
  }

  /** Returns how many artifacts refer to the image, whatever they are. */
  public int found() {
    return found;
  }

  /** Returns the statements of a type. */
  public List<Signed> of(String predicateType) {
    return signed.stream()
        .filter(each -> each.statement().predicateType().equals(predicateType))
        .toList();
  }

  /** Returns why statements of a type do not count; those of an unknown type included. */
  public List<Failure> problems(String predicateType) {
    return problems.stream()
        .filter(
            each -> each.predicateType().equals(predicateType) || each.predicateType().isEmpty())
        .map(Problem::failure)
        .toList();
  }

  /**
   * Returns what the one statement of a type says.
   *
   * @throws FailureException with {@link EvidenceCode#EVIDENCE_MISSING} if there is none, or with
   *     the reason why the one that is there does not count; with {@link
   *     EvidenceCode#BUNDLE_DAMAGED} if it says something else
   */
  public <T> Predicate<T> require(String subject, String predicateType, Class<T> type) {
    List<Signed> all = of(predicateType);
    if (all.isEmpty()) {
      List<Failure> reasons = problems(predicateType);
      if (!reasons.isEmpty()) {
        throw new FailureException(reasons, null);
      }
      throw Failure.of(
              EvidenceCode.EVIDENCE_MISSING,
              "accept",
              "the image",
              "it has no " + subject + " that is signed with a trusted key")
          .toException();
    }
    // If there are several, the last that was attached counts.
    Signed last = all.get(all.size() - 1);
    try {
      return new Predicate<>(
          Json.parse(subject, Json.compact(last.statement().predicate()), type), last.signer());
    } catch (IOException e) {
      throw Failure.of(EvidenceCode.BUNDLE_DAMAGED, "read", "the " + subject, Reasons.of(e))
          .toException(e);
    }
  }

  /**
   * What a statement says, and who says it.
   *
   * @param value what it says
   * @param signer the key that signed it
   */
  public record Predicate<T>(T value, VerifyingKey signer) {}
}
