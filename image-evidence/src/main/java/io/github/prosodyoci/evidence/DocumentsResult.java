package io.github.prosodyoci.evidence;

import java.nio.file.Path;
import java.util.List;

/**
 * The documents on an image.
 *
 * @param files the files
 * @param upToDate whether they were there already
 */
public record DocumentsResult(List<Path> files, boolean upToDate) {

  /** Copies the list. */
  public DocumentsResult {
    files = List.copyOf(files);
  }
}
