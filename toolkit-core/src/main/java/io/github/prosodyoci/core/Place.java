package io.github.prosodyoci.core;

import java.nio.file.Path;

/**
 * A line of a file.
 *
 * @param file the file
 * @param line the line, counted from 1
 */
public record Place(Path file, int line) {

  /** Returns the place as {@code file:line}. */
  @Override
  public String toString() {
    return file + ":" + line;
  }
}
