package io.github.prosodyoci.core.patch;

import io.github.prosodyoci.core.FailureCode;

/** Why a patch could not be applied. */
public enum PatchCode implements FailureCode {
  /** It is not a patch in the unified format, or is cut short. */
  PATCH_FORMAT,
  /** A hunk does not apply. */
  PATCH_REJECTED,
  /** It changes a file outside of the folder. */
  PATCH_ESCAPE
}
