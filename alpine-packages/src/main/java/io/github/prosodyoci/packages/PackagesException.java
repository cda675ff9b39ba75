package io.github.prosodyoci.packages;

import io.github.prosodyoci.core.FailureCode;
import io.github.prosodyoci.core.FailureException;

/** A package, index, world or script that cannot be used; the message says why and what to do. */
public final class PackagesException extends FailureException {

  private static final long serialVersionUID = 1L;

  /** What is wrong, for callers that decide by it. */
  public enum Code implements FailureCode {
    /** Not an apk v2 package or index. */
    APK_FORMAT("apk-format"),
    /** Signed by none of the trusted keys, or the signature does not fit. */
    APK_SIGNATURE("apk-signature"),
    /** Signed only with an algorithm that is too weak. */
    APK_WEAK_SIGNATURE("apk-weak-sig"),
    /** A package that is not the one its index names. */
    APK_IDENTITY("apk-identity"),
    /** A package whose files are not those its control part names. */
    APK_DATAHASH("apk-datahash"),
    /** A package or index of apk v3. */
    APK_V3_UNSUPPORTED("apk-v3-unsupported"),
    /** A name or version that is none. */
    BAD_NAME("bad-name"),
    /** A tar file that breaks the format. */
    TAR_FORMAT("tar-format"),
    /** A tar file that readers understand differently. */
    TAR_AMBIGUOUS("tar-ambiguous"),
    /** A path that leads out of its root. */
    TAR_ESCAPE("tar-escape"),
    /** More data than is sensible. */
    LIMIT("limit"),
    /** No choice of packages fits the world. */
    UNSATISFIABLE("unsatisfiable"),
    /** Two packages want the same file. */
    FILE_CONFLICT("file-conflict"),
    /** A script whose effect is not known. */
    UNKNOWN_SCRIPT("unknown-script"),
    /** A lock file that is not about what is built. */
    LOCK("lock"),
    /** A parameter that makes no sense. */
    CONFIGURATION("configuration");

    private final String text;

    Code(String text) {
      this.text = text;
    }

    @Override
    public String text() {
      return text;
    }
  }

  private final Code code;

  /** Creates an exception. */
  public PackagesException(Code code, String message) {
    super(message, null);
    this.code = code;
  }

  /** Creates an exception with what caused it. */
  public PackagesException(Code code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** Returns this exception with a sentence in front that says where it happened. */
  public PackagesException at(String where) {
    return new PackagesException(code, "Could not read " + where + ": " + getMessage(), this);
  }

  @Override
  public Code failureCode() {
    return code;
  }

  /** Returns what is wrong. */
  public Code code() {
    return code;
  }
}
