package io.github.prosodyoci.verify.openpgp;

import io.github.prosodyoci.verify.VerifyException;
import io.github.prosodyoci.verify.VerifyException.Code;
import io.github.prosodyoci.verify.openpgp.SignatureResult.Verdict;
import java.util.List;
import java.util.Optional;

/**
 * What the signatures over a document prove, in the order in which they stand.
 *
 * @param signatures a result each; never empty
 */
public record SignatureReport(List<SignatureResult> signatures) {

  /** Copies the list. */
  public SignatureReport {
    signatures = List.copyOf(signatures);
  }

  /**
   * Returns the first good signature, or else the first weak one.
   *
   * @throws VerifyException if there is neither: with the code of the first bad one, or {@link
   *     Code#WRONG_SIGNER} if all are by others
   */
  public SignatureResult best() {
    return first(Verdict.GOOD).or(() -> first(Verdict.WEAK)).orElseThrow(this::failure);
  }

  /**
   * Returns the first good signature.
   *
   * @throws VerifyException if there is none; a weak one does not suffice
   */
  public SignatureResult good() {
    SignatureResult best = best();
    if (best.verdict() != Verdict.GOOD) {
      throw new VerifyException(best.code().orElse(Code.INSUFFICIENT), best.reason());
    }
    return best;
  }

  private Optional<SignatureResult> first(Verdict verdict) {
    return signatures.stream().filter(result -> result.verdict() == verdict).findFirst();
  }

  private VerifyException failure() {
    return first(Verdict.BAD)
        .map(bad -> new VerifyException(bad.code().orElse(Code.BAD_SIGNATURE), bad.reason()))
        .orElseGet(
            () ->
                new VerifyException(
                    Code.WRONG_SIGNER,
                    "it is signed by "
                        + String.join(
                            ", ", signatures.stream().map(SignatureResult::signer).toList())
                        + ", which is not pinned"));
  }
}
