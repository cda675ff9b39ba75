package io.github.prosodyoci.core.patch;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * The files that a patch changes. Paths are relative, with {@code /}; lines keep their line ends,
 * and have one char per byte, since a patch changes bytes, whatever their encoding.
 */
public interface PatchTree {

  /**
   * Returns a file's lines; empty if there is no such regular file.
   *
   * @throws io.github.prosodyoci.core.FailureException if the path leads out of the tree
   * @throws IOException if the file cannot be read
   */
  Optional<List<String>> read(String path) throws IOException;

  /**
   * Writes a file, or deletes it if there are no lines.
   *
   * @throws io.github.prosodyoci.core.FailureException if the path leads out of the tree
   * @throws IOException if the file cannot be written
   */
  void write(String path, Optional<List<String>> lines) throws IOException;
}
