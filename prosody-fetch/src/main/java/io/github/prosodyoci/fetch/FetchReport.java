package io.github.prosodyoci.fetch;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The content of {@code target/fetch.json}: every file that the build needs, and its origin.
 *
 * @param sources the files, in the order of the recipes
 * @param absent optional files that are unavailable
 */
public record FetchReport(List<Entry> sources, List<Absent> absent) {

  /** Makes it immutable. */
  public FetchReport {
    sources = List.copyOf(sources);
    absent = List.copyOf(absent);
  }

  /**
   * An optional file that is unavailable.
   *
   * @param recipe the name of the recipe that declares it
   * @param file its name
   * @param sha256 its digest
   * @param answers the answers of its origins
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
   * Returns the report on sources, and on the files of their evidence.
   *
   * @param result what came of {@link FetchRequest#of(List)}
   */
  public static FetchReport of(List<DeclaredSource> declared, FetchResult result) {
    Map<Source, FetchedSource> fetched =
        result.fetched().stream()
            .collect(Collectors.toMap(FetchedSource::source, Function.identity()));
    Set<Entry> entries = new LinkedHashSet<>();
    Set<Absent> absent = new LinkedHashSet<>();
    for (DeclaredSource source : declared) {
      List<Source> files = new ArrayList<>(List.of(source.source()));
      source.evidence().forEach(evidence -> evidence.carrier().ifPresent(files::add));
      for (Source file : files) {
        FetchedSource found = fetched.get(file);
        Failure failure = result.absent().get(file);
        if (found != null) {
          entries.add(
              new Entry(source.recipe(), file.file(), file.sha256(), found.size(), found.origin()));
        } else if (failure != null) {
          absent.add(new Absent(source.recipe(), file.file(), file.sha256(), failure.reason()));
        }
      }
    }
    return new FetchReport(List.copyOf(entries), List.copyOf(absent));
  }

  /**
   * Writes the report.
   *
   * @throws FailureException if the file cannot be written
   */
  public void write(Path file) {
    try {
      Json.write(file, this);
    } catch (IOException e) {
      throw FileFailures.of("write", file.toString(), file.resolveSibling(""), e);
    }
  }

  /**
   * Returns the report in a file.
   *
   * @throws FailureException with {@link FetchCode#REPORT} if there is none
   */
  public static FetchReport read(Path file) {
    try {
      return Json.read(file, FetchReport.class);
    } catch (IOException e) {
      throw Failure.of(FetchCode.REPORT, "read", file.toString(), Reasons.of(e)).toException(e);
    }
  }
}
