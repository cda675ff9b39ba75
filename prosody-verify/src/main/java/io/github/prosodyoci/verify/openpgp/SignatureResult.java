package io.github.prosodyoci.verify.openpgp;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.verify.VerifyCode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What one signature proves.
 *
 * @param verdict good, weak, bad, or by someone unknown
 * @param code the reason, unless it is good
 * @param reason the reason in words; empty if it is good
 * @param signer the fingerprint of the signer's primary key; of an unknown signer what it names
 * @param userId the signer's first user identity; empty if unknown
 * @param signedAt when it says it was made; empty if it does not say
 * @param algorithm key and digest, such as {@code RSA-4096, SHA-256}
 * @param notes what else is worth knowing, such as that the key has expired since
 */
public record SignatureResult(
    Verdict verdict,
    Optional<VerifyCode> code,
    String reason,
    String signer,
    String userId,
    Optional<Instant> signedAt,
    String algorithm,
    List<String> notes) {

  /** Copies the list. */
  public SignatureResult {
    notes = List.copyOf(notes);
  }

  /** The kinds of result. */
  public enum Verdict {
    /** Valid by policy. */
    GOOD,
    /** Made by the pinned signer over these bytes, but with means that can be forged. */
    WEAK,
    /** By the pinned signer's name, but not valid. */
    BAD,
    /** By a signer who is not pinned. */
    UNKNOWN
  }

  SignatureResult judged(Verdict newVerdict, VerifyCode newCode, String newReason) {
    return new SignatureResult(
        newVerdict, Optional.of(newCode), newReason, signer, userId, signedAt, algorithm, notes);
  }

  /** Returns this signature as bad, for a reason with a {@link VerifyCode}. */
  SignatureResult bad(FailureException reason) {
    return judged(Verdict.BAD, (VerifyCode) reason.failureCode(), reason.failure().found());
  }
}
