package io.github.prosodyoci.fetch;

import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.fetch.SourceFetcher.Outcome;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.Evidence;
import io.github.prosodyoci.recipe.Source;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The sources that one build needs, and the files that their evidence consists of.
 *
 * @param declared in the order of the recipes
 */
public record SourceSet(List<DeclaredSource> declared) {

  /** Copies the list. */
  public SourceSet {
    declared = List.copyOf(declared);
  }

  /**
   * Returns the sources that apply. Those of the building machine's own architecture are needed as
   * well, for programs that a build itself must run.
   *
   * @param declared what the recipes declare
   * @param apkArchitecture the target architecture, as Alpine names it
   */
  public static SourceSet of(
      List<DeclaredSource> declared, String apkArchitecture, BuildHost machine) {
    Set<String> architectures =
        Stream.of(apkArchitecture, machine.apkArchitecture())
            .collect(Collectors.toUnmodifiableSet());
    return new SourceSet(
        declared.stream().filter(source -> source.appliesTo(architectures, machine)).toList());
  }

  /**
   * Fetches everything that the store does not hold. An optional file that cannot be had is passed
   * over.
   *
   * @throws FetchException if another file cannot be had, or the store cannot be written
   */
  public FetchReport fetch(SourceFetcher fetcher) {
    Set<Source> required = new LinkedHashSet<>();
    Set<Source> optional = new LinkedHashSet<>();
    for (DeclaredSource source : declared) {
      required.add(source.source());
      for (Evidence evidence : source.evidence()) {
        evidence.carrier().ifPresent((evidence.optional() ? optional : required)::add);
      }
    }
    optional.removeAll(required);
    Set<Source> all = new LinkedHashSet<>(required);
    all.addAll(optional);
    Outcome outcome = fetcher.tryFetch(all);
    fetcher.throwIfAnyFailed(outcome, required);
    return report(outcome);
  }

  private FetchReport report(Outcome outcome) {
    Map<Source, FetchedSource> fetched =
        outcome.fetched().stream()
            .collect(Collectors.toMap(FetchedSource::source, Function.identity()));
    Set<FetchReport.Entry> entries = new LinkedHashSet<>();
    Set<FetchReport.Absent> absent = new LinkedHashSet<>();
    for (DeclaredSource source : declared) {
      Stream.concat(
              Stream.of(source.source()),
              source.evidence().stream().flatMap(e -> e.carrier().stream()))
          .forEach(
              file -> {
                FetchedSource found = fetched.get(file);
                if (found == null) {
                  String answers = String.valueOf(outcome.failed().get(file));
                  absent.add(
                      new FetchReport.Absent(source.recipe(), file.file(), file.sha256(), answers));
                } else {
                  entries.add(
                      new FetchReport.Entry(
                          source.recipe(),
                          file.file(),
                          file.sha256(),
                          found.size(),
                          found.origin()));
                }
              });
    }
    return new FetchReport(List.copyOf(entries), List.copyOf(absent));
  }
}
