package io.github.prosodyoci.core.patch;

import org.jspecify.annotations.Nullable;

/**
 * A patch is damaged, leads out of its folder, or does not apply. The message names patch, hunk and
 * reason.
 */
public final class PatchException extends RuntimeException {

  private static final long serialVersionUID = 1;

  PatchException(String message) {
    this(message, null);
  }

  PatchException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
