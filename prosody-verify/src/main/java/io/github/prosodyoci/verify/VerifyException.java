package io.github.prosodyoci.verify;

import io.github.prosodyoci.core.FailureException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Says what could not be verified, why, and what to do next; the reason has a stable code. */
public final class VerifyException extends FailureException {

  private static final long serialVersionUID = 1L;

  private final Code code;
  private final String thing;
  private final String reason;

  /**
   * Creates an exception about something not yet named.
   *
   * @param code the kind of reason
   * @param reason what was found, and what was expected; without a full stop
   */
  public VerifyException(Code code, String reason) {
    this(code, "the signature", reason, null);
  }

  /**
   * Creates an exception about something.
   *
   * @param code the kind of reason
   * @param thing what could not be verified, such as a file's name
   * @param reason what was found, and what was expected; without a full stop
   */
  public VerifyException(Code code, String thing, String reason) {
    this(code, thing, reason, null);
  }

  /**
   * Creates an exception about something, with what led to it.
   *
   * @param code the kind of reason
   * @param thing what could not be verified, such as a file's name
   * @param reason what was found, and what was expected; without a full stop
   * @param cause what was thrown before; null if nothing was
   */
  public VerifyException(Code code, String thing, String reason, @Nullable Throwable cause) {
    super("Could not verify " + thing + ": " + reason + " (" + code + "). " + code.nextStep, cause);
    this.code = code;
    this.thing = thing;
    this.reason = reason;
  }

  private VerifyException(VerifyException first, String message) {
    super(message, first);
    this.code = first.code;
    this.thing = first.thing;
    this.reason = first.reason;
  }

  /** Returns one exception for several, with the first one's code and the messages of all. */
  static VerifyException all(List<VerifyException> exceptions) {
    List<String> messages =
        exceptions.stream().map(VerifyException::getMessage).distinct().toList();
    return messages.size() == 1
        ? exceptions.get(0)
        : new VerifyException(exceptions.get(0), String.join("\n", messages));
  }

  /** Returns the kind of reason. */
  public Code code() {
    return code;
  }

  /** Returns the reason, without the thing's name and the advice. */
  public String reason() {
    return reason;
  }

  /** Returns the same exception about a thing with a name. */
  public VerifyException about(String newThing) {
    VerifyException named = new VerifyException(code, newThing, reason, getCause());
    named.setStackTrace(getStackTrace());
    return named;
  }

  /** Returns the name of what could not be verified. */
  public String thing() {
    return thing;
  }

  /** The kinds of reason, each with advice (docs/verification.md, "Codes"). */
  public enum Code {
    /** Something follows the signature of a clear-signed message. */
    CLEARSIGN_TRAILING(Advice.TAMPERED),
    /** Something stands before a clear-signed message. */
    CLEARSIGN_LEADING(Advice.TAMPERED),
    /** There are several clear-signed messages in one file. */
    CLEARSIGN_MULTIPLE(Advice.TAMPERED),
    /** A line starts with a dash that is not escaped. */
    CLEARSIGN_DASH(Advice.TAMPERED),
    /** A clear-signed message ends too early. */
    CLEARSIGN_TRUNCATED(Advice.REFETCH),
    /** A control character, bad UTF-8 or an overlong line stands in a clear-signed message. */
    CLEARSIGN_CONTROL(Advice.TAMPERED),
    /** A header of a clear-signed message is missing, unknown or of another form. */
    CLEARSIGN_HEADER(Advice.TAMPERED),
    /** The signature is not one over a document of this kind. */
    SIG_TYPE(Advice.TAMPERED),
    /** The signature is not what RFC 9580 lays down, or not a signature at all. */
    SIG_SYNTAX(
        "Fetch it again; if it stays so, ask upstream, or declare evidence of another kind."),
    /** The signature's packet version is not one that is accepted. */
    SIG_VERSION("Ask upstream for a version 4 signature, or declare evidence of another kind."),
    /** The signature's time is missing, ambiguous, in the future, or it has expired. */
    SIG_TIME("Check this machine's clock; if it is right, do not use the file."),
    /** The signature was not made over these bytes. */
    BAD_SIGNATURE(Advice.TAMPERED),
    /** None of the pinned keys made a signature. */
    WRONG_SIGNER(
        "If upstream has a new release key, check it, put it in the trust folder and pin it."),
    /** The key had expired when it signed. */
    KEY_EXPIRED(Advice.KEY),
    /** The key is revoked. */
    KEY_REVOKED(Advice.KEY),
    /** The key was not allowed to sign documents. */
    KEY_NOT_SIGNING(Advice.KEY),
    /** The signature rests on a digest that can be forged. */
    WEAK_HASH(Advice.WEAK),
    /** The signature was made with a key too short, or of a kind no longer accepted. */
    WEAK_KEY(Advice.WEAK),
    /** A certificate is not the one that was pinned. */
    PIN_MISMATCH("Compare the certificate with upstream's, then correct trust folder or pin."),
    /** The trust folder holds something that cannot be used. */
    TRUST("Correct the trust folder: public certificates (*.asc) and, for archives, trust.yaml."),
    /** Debian's index does not bear out the file. */
    INDEX_CHAIN("If the mirror is whole, do not use the file."),
    /** An index is out of date or comes from the future. */
    RELEASE_DATE("Check this machine's clock, or use another mirror."),
    /** What is offered as a new release is one that the recipe had before, or an older one. */
    OLD_RELEASE("Do not use it: somebody offers an old release as a new one. Ask upstream."),
    /** An archive does not name the version that it is offered as. */
    OTHER_VERSION("Look into the archive, and ask upstream."),
    /** A signature that has to be there is not to be had. */
    SIGNATURE_STRIPPED(
        "Find out why it is gone; only if that is harmless, mark the evidence as optional: true."),
    /** The evidence found does not suffice. */
    INSUFFICIENT(Advice.WEAK);

    private final String nextStep;

    Code(String nextStep) {
      this.nextStep = nextStep;
    }

    /** Returns the code as it stands in messages and reports, such as {@code sig-type}. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private static final class Advice {
    static final String TAMPERED = "Do not use it; fetch it again from another origin.";
    static final String REFETCH = "Fetch it again.";
    static final String KEY =
        "Fetch upstream's newest certificate into the trust folder, or declare other evidence.";
    static final String WEAK =
        "Declare further evidence, such as debian-archive or debian-source-control.";

    private Advice() {}
  }
}
