package io.github.prosodyoci.evidence.maven;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.evidence.EvidenceCode;
import io.github.prosodyoci.evidence.RebuildResult;
import io.github.prosodyoci.image.compare.Difference;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What came of a rebuild, for people.
 *
 * @param result what was built
 * @param differences where it differs from the original, if the original is at hand
 */
record RebuildOutcome(RebuildResult result, List<Difference> differences) {

  private static final int SHOWN = 20;

  private record Report(
      Digest image, Digest rebuilt, boolean identical, List<Difference> differences) {}

  /**
   * Writes the report {@code rebuild.json} to a folder, and returns where it is.
   *
   * @throws IOException if it cannot be written
   */
  Path write(Path folder) throws IOException {
    Path file = folder.resolve("rebuild.json");
    Json.write(
        file, new Report(result.expected(), result.found(), result.isIdentical(), differences));
    return file;
  }

  /** Returns the first differences, in some lines each. */
  List<String> lines() {
    Stream<String> first = differences.stream().limit(SHOWN).flatMap(each -> each.lines().stream());
    int more = differences.size() - SHOWN;
    return Stream.concat(first, more > 0 ? Stream.of("and " + more + " more") : Stream.empty())
        .toList();
  }

  /**
   * Returns the failure that the image is another one ({@code not-identical}).
   *
   * @param report where the report is
   */
  FailureException refusal(Path report) {
    String where =
        differences.isEmpty() ? "" : ", which differs in " + differences.size() + " places";
    return Failure.of(
            EvidenceCode.NOT_IDENTICAL,
            "rebuild",
            "the image",
            "commit " + result.commit() + " gives " + result.found() + where)
        .expecting(result.expected().toString())
        .advising(
            differences.isEmpty()
                ? "To see where it differs, give the image as well: -Dprosodyoci.image=<image>."
                : "See above, and " + report + ".")
        .toException();
  }
}
