package io.github.prosodyoci.verify;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureCode;
import io.github.prosodyoci.core.FailureException;
import java.util.Optional;

/** Why a file is not trusted, each with advice (docs/verification.md, "Codes"). */
public enum VerifyCode implements FailureCode {
  /** Text follows the signature of a clear-signed message. */
  CLEARSIGN_TRAILING(Advice.TAMPERED),
  /** Text precedes a clear-signed message. */
  CLEARSIGN_LEADING(Advice.TAMPERED),
  /** A file contains several clear-signed messages. */
  CLEARSIGN_MULTIPLE(Advice.TAMPERED),
  /** A line starts with a dash that is not escaped. */
  CLEARSIGN_DASH(Advice.TAMPERED),
  /** A clear-signed message ends too early. */
  CLEARSIGN_TRUNCATED(Advice.REFETCH),
  /** A clear-signed message contains a control character, invalid UTF-8 or an overlong line. */
  CLEARSIGN_CONTROL(Advice.TAMPERED),
  /** A header of a clear-signed message is missing, unknown or malformed. */
  CLEARSIGN_HEADER(Advice.TAMPERED),
  /** The signature is not of the type that signs a document of this kind. */
  SIG_TYPE(Advice.TAMPERED),
  /** The signature does not follow RFC 9580, or is not a signature at all. */
  SIG_SYNTAX("Fetch it again; if it is still malformed, ask upstream or declare other evidence."),
  /** The version of the signature packet is not accepted. */
  SIG_VERSION("Ask upstream for a version 4 signature, or declare other evidence."),
  /** The signature's time is missing, ambiguous or in the future, or the signature has expired. */
  SIG_TIME("Check this machine's clock; if it is right, do not use the file."),
  /** The signature does not match these bytes. */
  BAD_SIGNATURE(Advice.TAMPERED),
  /** No pinned key made a signature. */
  WRONG_SIGNER(
      "If upstream has a new release key, check it, add it to the trust folder and pin it."),
  /** The key had expired when it signed. */
  KEY_EXPIRED(Advice.KEY),
  /** The key is revoked. */
  KEY_REVOKED(Advice.KEY),
  /** The key was not allowed to sign documents. */
  KEY_NOT_SIGNING(Advice.KEY),
  /** The signature relies on a digest that can be forged. */
  WEAK_HASH(Advice.WEAK),
  /** The signing key is too short, or of a kind that is no longer accepted. */
  WEAK_KEY(Advice.WEAK),
  /** A certificate is not the pinned one. */
  PIN_MISMATCH(
      "Compare the certificate with upstream's, then correct the trust folder or the pin."),
  /** The trust folder contains something unusable, or lacks something. */
  TRUST("Correct the trust folder: public certificates (*.asc) and, for archives, trust.yaml."),
  /** Debian's signed indexes do not vouch for the file. */
  INDEX_CHAIN("If the mirror is intact, do not use the file."),
  /** An index is out of date, or from the future. */
  RELEASE_DATE("Check this machine's clock, or use another mirror."),
  /** The record of the newest index seen, which detects rollbacks, cannot be read. */
  LAST_SEEN(
      "Find out what changed it. If you trust the mirrors, remove the file; the next build writes"
          + " it again."),
  /** A required signature is not available. */
  SIGNATURE_STRIPPED(
      "Find out why it is gone; only if that is harmless, mark the evidence as optional: true."),
  /** The available evidence is not sufficient. */
  INSUFFICIENT(Advice.WEAK);

  private final String advice;

  VerifyCode(String advice) {
    this.advice = advice;
  }

  @Override
  public Optional<String> advice() {
    return Optional.of(advice);
  }

  /** Returns the text that messages and reports show, such as {@code sig-type}. */
  @Override
  public String toString() {
    return text();
  }

  /**
   * Returns the failure of a document that its reader does not know by name; callers name it.
   *
   * @param found what was found, and what was expected; without a full stop
   */
  public FailureException failure(String found) {
    return failure("the signature", found);
  }

  /** Returns the failure to verify a thing, such as a file. */
  public FailureException failure(String thing, String found) {
    return Failure.of(this, "verify", thing, found).toException();
  }

  /** Returns the failure to verify a thing, and what led to it. */
  public FailureException failure(String thing, String found, Throwable cause) {
    return Failure.of(this, "verify", thing, found).toException(cause);
  }

  /** Returns whether an exception says that something is not to be trusted. */
  public static boolean isCodeOf(FailureException e) {
    return e.failures().stream().anyMatch(failure -> failure.code() instanceof VerifyCode);
  }

  private static final class Advice {
    static final String TAMPERED = "Do not use it; fetch it again from another origin.";
    static final String REFETCH = "Fetch it again.";
    static final String KEY =
        "Add upstream's newest certificate to the trust folder, or declare other evidence.";
    static final String WEAK =
        "Declare further evidence, such as debian-archive or debian-source-control.";

    private Advice() {}
  }
}
