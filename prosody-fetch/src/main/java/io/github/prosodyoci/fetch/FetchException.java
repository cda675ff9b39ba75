package io.github.prosodyoci.fetch;

/**
 * Something could not be fetched, or a declaration could not be read. The message names the thing,
 * what was expected, what was found, and what to do next.
 */
public final class FetchException extends RuntimeException {

  /** Creates an exception with a message for people. */
  public FetchException(String message) {
    super(message);
  }

  /** Creates an exception with a message for people and what it came from. */
  public FetchException(String message, Throwable cause) {
    super(message, cause);
  }
}
