package io.github.prosodyoci.recipe;

import io.github.prosodyoci.core.FailureException;

/** A recipe cannot be read, or is not as it should be; the message names file and line. */
public final class RecipeException extends FailureException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception. */
  public RecipeException(String message) {
    super(message, null);
  }

  /** Creates an exception with what led to it. */
  public RecipeException(String message, Throwable cause) {
    super(message, cause);
  }
}
