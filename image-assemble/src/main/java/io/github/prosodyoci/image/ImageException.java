package io.github.prosodyoci.image;

import io.github.prosodyoci.core.FailureException;
import org.jspecify.annotations.Nullable;

/** An image that cannot be made or pushed, for a reason that the user can mend. */
public final class ImageException extends FailureException {

  private static final long serialVersionUID = 1L;

  /** Creates an exception with a message that says what, why and what to do next. */
  public ImageException(String message) {
    super(message, null);
  }

  /** Creates an exception with a message that says what, why and what to do next. */
  public ImageException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
