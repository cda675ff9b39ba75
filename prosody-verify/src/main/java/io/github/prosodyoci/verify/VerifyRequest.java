package io.github.prosodyoci.verify;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Fingerprint;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.Evidence;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.Source;
import java.util.List;

/**
 * What to verify, and whom to trust.
 *
 * @param sources the sources, with their evidence
 * @param trust the pinned certificates
 * @param version what tells the running code from other code; a result depends on it too
 */
public record VerifyRequest(List<DeclaredSource> sources, TrustFolder trust, String version) {

  /** Copies the list. */
  public VerifyRequest {
    sources = List.copyOf(sources);
  }

  /**
   * Returns the digest of everything that the result depends on.
   *
   * @throws io.github.prosodyoci.core.FailureException if a source declares no evidence
   */
  public Digest inputs() {
    Fingerprint inputs = new Fingerprint().add("code", version);
    for (DeclaredSource declared : sources) {
      inputs.add("recipe", declared.recipe());
      add(inputs, declared.source());
      for (Evidence evidence : declared.requiredEvidence()) {
        add(inputs, evidence);
      }
    }
    trust.files().forEach((name, digest) -> inputs.add("trust", name).add("digest", digest));
    return inputs.digest();
  }

  private static void add(Fingerprint inputs, Source source) {
    inputs
        .add("file", source.file())
        .add("sha256", source.sha256())
        .add("origins", source.origins().stream().map(Origin::toString).toList());
  }

  private static void add(Fingerprint inputs, Evidence evidence) {
    inputs.add("evidence", evidence.kind());
    if (evidence instanceof Evidence.Signature signature) {
      add(inputs, signature.file());
      inputs
          .add("signers", signature.signers())
          .add("optional", String.valueOf(signature.optional()));
      signature
          .waivers()
          .forEach((waiver, reason) -> inputs.add("waiver", waiver.name()).add("reason", reason));
    } else if (evidence instanceof Evidence.DebianSourceControl control) {
      add(inputs, control.file());
      inputs.add("signers", control.signers());
    } else if (evidence instanceof Evidence.DebianArchive archive) {
      inputs.add("suite", archive.suite());
    } else if (evidence instanceof Evidence.PinnedOnly pinned) {
      inputs.add("reason", pinned.reason());
    } else {
      throw new IllegalStateException("Unknown kind of evidence: " + evidence.kind());
    }
  }
}
