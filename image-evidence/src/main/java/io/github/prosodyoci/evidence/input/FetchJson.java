package io.github.prosodyoci.evidence.input;

import io.github.prosodyoci.core.Digest;
import java.util.List;

/**
 * What is read of {@code fetch.json}: every file that was downloaded, signatures included. Which
 * server sent it is left out, as it differs from machine to machine.
 *
 * @param sources the files, in the report's order
 */
public record FetchJson(List<Source> sources) {

  /** A report of no files. */
  static final FetchJson NONE = new FetchJson(List.of());

  /** Copies the list. */
  public FetchJson {
    sources = PackagesJson.copy(sources);
  }

  /** A file: what it is for, its name, digest, and size in bytes. */
  public record Source(String recipe, String file, Digest sha256, long size) {}
}
