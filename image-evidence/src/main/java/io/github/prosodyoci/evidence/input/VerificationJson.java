package io.github.prosodyoci.evidence.input;

import io.github.prosodyoci.core.Digest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is read of {@code verification.json}: why each source is trusted. Where a file came from is
 * left out: mirrors differ from machine to machine, and the digest makes them equal.
 *
 * @param sources the sources, in the report's order
 */
public record VerificationJson(List<Source> sources) {

  /** A report of no sources. */
  static final VerificationJson NONE = new VerificationJson(List.of());

  /** Copies the list. */
  public VerificationJson {
    sources = PackagesJson.copy(sources);
  }

  /**
   * A source.
   *
   * @param recipe the package or build root that it is for
   * @param file its name
   * @param sha256 its digest
   * @param size its size in bytes
   * @param status {@code trusted}, or what else the policy came to
   * @param waiver why it may be used without evidence, if it may
   * @param evidence what was found
   */
  public record Source(
      String recipe,
      String file,
      Digest sha256,
      long size,
      String status,
      @Nullable String waiver,
      List<Proof> evidence) {

    /** Copies the list. */
    public Source {
      evidence = PackagesJson.copy(evidence);
    }

    /** Returns whether nothing but the pinned digest speaks for it. */
    public boolean isPinnedOnly() {
      return waiver != null;
    }
  }

  /**
   * A piece of evidence.
   *
   * @param kind such as {@code signature} or {@code debian-archive}
   * @param document the signed document
   * @param outcome {@code sufficient}, {@code weak}, or why it does not count
   * @param signer the fingerprint of the key that signed it
   * @param userId the name of that key
   * @param signedAt when it says it was signed
   * @param algorithm such as {@code RSA-4096, SHA-512}
   */
  public record Proof(
      String kind,
      @Nullable String document,
      String outcome,
      @Nullable String signer,
      @Nullable String userId,
      @Nullable String signedAt,
      @Nullable String algorithm) {}
}
