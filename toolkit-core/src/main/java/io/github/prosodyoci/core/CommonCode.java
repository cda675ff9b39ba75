package io.github.prosodyoci.core;

/** Kinds of failure that occur in every room. */
public enum CommonCode implements FailureCode {
  /** A parameter is missing or has a value that cannot be used. */
  CONFIGURATION,
  /** The disk is full. */
  DISK_FULL,
  /** This user may not write there. */
  NOT_WRITABLE,
  /** A file or folder could not be read or written, for another reason. */
  FILE_ACCESS,
  /** The build was interrupted. */
  INTERRUPTED
}
