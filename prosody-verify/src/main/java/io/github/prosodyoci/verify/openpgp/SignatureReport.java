package io.github.prosodyoci.verify.openpgp;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.verify.VerifyCode;
import io.github.prosodyoci.verify.openpgp.SignatureResult.Verdict;
import java.util.List;
import java.util.Optional;

/**
 * What the signatures over a document prove, in their order.
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
   * @throws FailureException if there is neither: with the code of the first bad one, or {@link
   *     VerifyCode#WRONG_SIGNER} if all are by others
   */
  public SignatureResult best() {
    return first(Verdict.GOOD).or(() -> first(Verdict.WEAK)).orElseThrow(this::failure);
  }

  /**
   * Returns the first good signature.
   *
   * @throws FailureException if there is none; a weak one does not suffice
   */
  public SignatureResult good() {
    SignatureResult best = best();
    if (best.verdict() != Verdict.GOOD) {
      throw best.code().orElse(VerifyCode.INSUFFICIENT).failure(best.reason());
    }
    return best;
  }

  private Optional<SignatureResult> first(Verdict verdict) {
    return signatures.stream().filter(result -> result.verdict() == verdict).findFirst();
  }

  private FailureException failure() {
    return first(Verdict.BAD)
        .map(bad -> bad.code().orElse(VerifyCode.BAD_SIGNATURE).failure(bad.reason()))
        .orElseGet(
            () ->
                VerifyCode.WRONG_SIGNER.failure(
                    "it is signed by "
                        + String.join(
                            ", ", signatures.stream().map(SignatureResult::signer).toList())
                        + ", which is not pinned"));
  }
}
