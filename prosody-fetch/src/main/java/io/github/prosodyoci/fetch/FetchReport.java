package io.github.prosodyoci.fetch;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Reasons;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * What {@code target/fetch.json} says: every file that the build needs, and where it came from.
 *
 * @param sources the files, in the order of the recipes
 * @param absent optional files that could not be had
 */
public record FetchReport(List<Entry> sources, List<Absent> absent) {

  /** Copies the lists. */
  public FetchReport {
    sources = List.copyOf(sources);
    absent = List.copyOf(absent);
  }

  /**
   * An optional file that could not be had.
   *
   * @param recipe the name of the recipe that declares it
   * @param file its name
   * @param sha256 its digest
   * @param answers what each origin answered
   */
  public record Absent(String recipe, String file, Digest sha256, String answers) {}

  /**
   * A file in the store.
   *
   * @param recipe the name of the recipe that declares it
   * @param file its name
   * @param sha256 its digest
   * @param size its size in bytes
   * @param origin the address that it came from when it was first fetched; {@code store} if unknown
   */
  public record Entry(String recipe, String file, Digest sha256, long size, String origin) {}

  /**
   * Writes the report.
   *
   * @throws FetchException if the file cannot be written
   */
  public void write(Path file) {
    try {
      Json.write(file, this);
    } catch (IOException e) {
      throw new FetchException("Could not write " + file + ": " + Reasons.of(e), e);
    }
  }

  /**
   * Returns the report that a file holds.
   *
   * @throws FetchException if there is none
   */
  public static FetchReport read(Path file) {
    try {
      return Json.read(file, FetchReport.class);
    } catch (IOException e) {
      throw new FetchException(
          "Could not read "
              + file
              + ": "
              + Reasons.of(e)
              + ". Run the goal prosody-fetch:sources first.",
          e);
    }
  }
}
