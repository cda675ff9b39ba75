package io.github.prosodyoci.verify;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.recipe.DeclaredSource;
import java.nio.charset.StandardCharsets;
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
    StringBuilder text = new StringBuilder("version ").append(version).append('\n');
    for (DeclaredSource declared : sources) {
      text.append(declared.recipe())
          .append(' ')
          .append(declared.source())
          .append(' ')
          .append(declared.requiredEvidence())
          .append('\n');
    }
    trust
        .files()
        .forEach((name, digest) -> text.append(name).append(' ').append(digest).append('\n'));
    return Digest.of(text.toString().getBytes(StandardCharsets.UTF_8));
  }
}
