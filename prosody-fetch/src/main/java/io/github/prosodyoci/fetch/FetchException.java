package io.github.prosodyoci.fetch;

import io.github.prosodyoci.core.FailureException;
import java.util.Locale;

/**
 * Something could not be fetched, or a declaration could not be read. The message names the thing,
 * what was expected, what was found, and what to do next; a refusal has a stable code.
 */
public final class FetchException extends FailureException {

  private final Code code;

  /** Creates an exception about a declaration, with a message for people. */
  public FetchException(String message) {
    super(message, null);
    this.code = Code.DECLARATION;
  }

  /** Creates an exception about a declaration, with what it came from. */
  public FetchException(String message, Throwable cause) {
    super(message, cause);
    this.code = Code.DECLARATION;
  }

  /** Creates an exception with a message for people, in which the code stands too. */
  public FetchException(Code code, String message) {
    super(message, null);
    this.code = code;
  }

  /** Creates an exception with a message for people, in which the code stands too. */
  public FetchException(Code code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** Returns the kind of reason. */
  public Code code() {
    return code;
  }

  /** The kinds of reason (docs/fetching.md, "Errors"). */
  public enum Code {
    /** A recipe, a parameter or a report is not as it should be. */
    DECLARATION,
    /** The file is not in the store, and the build is offline. */
    OFFLINE,
    /** Several origins were asked, and failed for different reasons, which the message lists. */
    NO_ORIGIN,
    /** The content has another digest than the one pinned. */
    DIGEST_MISMATCH,
    /** The content is larger than allowed. */
    TOO_LARGE,
    /** The origin does not have the file. */
    NOT_FOUND,
    /** The origin wants credentials, or others than it got. */
    UNAUTHORIZED,
    /** The proxy wants credentials, or others than it got. */
    PROXY_AUTH,
    /** The server failed, or answered with a status that is no answer. */
    HTTP_STATUS,
    /** What answered does not speak HTTP. */
    HTTP_SYNTAX,
    /** The server sent a part of a file that was not asked for, or another than that asked for. */
    RANGE,
    /** The server leads to an address that is not followed. */
    REDIRECT,
    /** There is no such host, or no connection to it. */
    UNREACHABLE,
    /** The server said nothing for too long. */
    SILENT,
    /** The server sends too slowly, or the transfer as a whole took too long. */
    TOO_SLOW,
    /** The connection broke off. */
    BROKEN_TRANSFER,
    /** There is no secure connection: certificate, host name or protocol will not do. */
    TLS,
    /** The file on this machine, or the artifact, cannot be read. */
    UNREADABLE,
    /** The cache folder cannot be written. */
    STORE_UNWRITABLE,
    /** A stored file is damaged, and cannot be set aside. */
    STORE_DAMAGED,
    /** The build was interrupted. */
    INTERRUPTED;

    /** Returns the code as it stands in messages, such as {@code digest-mismatch}. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }
}
