package io.github.prosodyoci.evidence.provenance;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.evidence.input.VerificationJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JSON of our own statement: who signed which source, and how strong that is. */
public final class SourceSummary {

  /** The type of the predicate; docs/evidence.md says what its fields mean. */
  public static final String PREDICATE_TYPE =
      "https://github.com/prosody-oci/prosody-oci/blob/main/docs/evidence.md#source-verification-v1";

  private SourceSummary() {}

  /**
   * What a statement says.
   *
   * @param trusted how many sources have sufficient evidence
   * @param pinnedOnly how many are trusted by their digest alone
   * @param sources the sources
   */
  public record Predicate(long trusted, long pinnedOnly, List<Verified> sources) {}

  /** A source, and what speaks for it. */
  public record Verified(
      String recipe,
      String file,
      Digest sha256,
      String status,
      @Nullable String waiver,
      List<Proof> evidence) {}

  /** A signature, and whose it is. */
  public record Proof(
      String kind,
      @Nullable String document,
      String outcome,
      @Nullable String signer,
      @Nullable String userId,
      @Nullable String signedAt,
      @Nullable String algorithm) {}

  /** Returns the summary of a report. */
  static Predicate of(VerificationJson report) {
    return new Predicate(
        report.sources().stream().filter(each -> !each.isPinnedOnly()).count(),
        report.sources().stream().filter(VerificationJson.Source::isPinnedOnly).count(),
        report.sources().stream()
            .map(
                each ->
                    new Verified(
                        each.recipe(),
                        each.file(),
                        each.sha256(),
                        each.status(),
                        each.waiver(),
                        each.evidence().stream().map(SourceSummary::proof).toList()))
            .toList());
  }

  private static Proof proof(VerificationJson.Proof proof) {
    return new Proof(
        proof.kind(),
        proof.document(),
        proof.outcome(),
        proof.signer(),
        proof.userId(),
        proof.signedAt(),
        proof.algorithm());
  }
}
