package io.github.prosodyoci.verify;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.fetch.DebianArchive;
import io.github.prosodyoci.fetch.FetchException;
import io.github.prosodyoci.fetch.FetchedSource;
import io.github.prosodyoci.fetch.SourceFetcher;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.Source;
import io.github.prosodyoci.verify.debian.DebianIndexes;
import io.github.prosodyoci.verify.debian.DebianIndexes.Index;
import io.github.prosodyoci.verify.debian.DebianIndexes.Listing;
import io.github.prosodyoci.verify.debian.LastSeen;
import io.github.prosodyoci.verify.openpgp.SignatureVerifier;
import io.github.prosodyoci.verify.openpgp.TrustFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides, by the evidence that recipes declare, whether sources may be trusted. The pinned digest
 * must hold in any case; entries of evidence are tried in their order until one suffices, and one
 * that is false stops everything.
 */
public final class SourceVerifier {

  private final SourceFetcher fetcher;
  private final DebianArchive archive;
  private final TrustFolder trust;
  private final Path cache;
  private final String version;
  private final Clock clock;

  /**
   * Creates a verifier.
   *
   * @param fetcher brings sources and evidence, and hashes what lies in the store again
   * @param archive Debian's indexes
   * @param trust the pinned certificates
   * @param cache where the dates of indexes are remembered
   * @param version the version of this code, part of what a result rests on
   * @param clock the present time
   */
  public SourceVerifier(
      SourceFetcher fetcher,
      DebianArchive archive,
      TrustFolder trust,
      Path cache,
      String version,
      Clock clock) {
    this.fetcher = fetcher;
    this.archive = archive;
    this.trust = trust;
    this.cache = cache;
    this.version = version;
    this.clock = clock;
  }

  /**
   * Returns the digest of all that a result rests on, without fetching or verifying anything.
   *
   * @throws FetchException if the evidence is not declared as it should be
   */
  public Digest inputs(List<DeclaredSource> declared) {
    return inputs(version, checks(declared), trust);
  }

  private static Digest inputs(String version, List<SourceCheck> checks, TrustFolder trust) {
    StringBuilder text = new StringBuilder("version ").append(version).append('\n');
    for (SourceCheck check : checks) {
      text.append(check.declared().recipe())
          .append(' ')
          .append(check.declared().source())
          .append(' ')
          .append(check.evidence())
          .append('\n');
    }
    trust.files().forEach((name, digest) -> text.append(name).append(' ').append(digest));
    return Digest.of(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static List<SourceCheck> checks(List<DeclaredSource> declared) {
    return declared.stream()
        .map(source -> new SourceCheck(source, source.requiredEvidence()))
        .toList();
  }

  /**
   * Verifies sources.
   *
   * @return an entry for each, in the order given
   * @throws VerifyException if one may not be trusted; the message tells of all such
   * @throws FetchException if a source cannot be had, or its evidence is not declared as it should
   *     be
   * @throws IOException if a file cannot be read or written
   */
  public Verification verify(List<DeclaredSource> declared) throws IOException {
    List<SourceCheck> checks = checks(declared);
    SignatureVerifier verifier = new SignatureVerifier(clock);
    DebianIndexes indexes = new DebianIndexes(archive, trust, verifier, new LastSeen(cache), clock);
    try (Threads threads = new Threads()) {
      Run run = new Run(checks, indexes, threads);
      // What is needed anyway is read while the sources are hashed.
      run.ask();
      Set<Source> sources = new LinkedHashSet<>();
      declared.forEach(source -> sources.add(source.source()));
      Map<Source, FetchedSource> fetched =
          fetcher.fetch(sources).stream()
              .collect(Collectors.toMap(FetchedSource::source, Function.identity()));
      List<Verification.Entry> entries =
          run.run(new SourceCheck.Context(verifier, trust, fetcher), fetched);
      return new Verification(Verification.SCHEMA, inputs(version, checks, trust), entries);
    }
  }

  /** The checks of one call, step by step, on several threads. */
  private static final class Run {
    private final List<SourceCheck> checks;
    private final DebianIndexes indexes;
    private final Threads threads;
    private final Map<Index, Asked> listings = new LinkedHashMap<>();
    private final Map<SourceCheck, VerifyException> failed = new LinkedHashMap<>();

    Run(List<SourceCheck> checks, DebianIndexes indexes, Threads threads) {
      this.checks = checks;
      this.indexes = indexes;
      this.threads = threads;
    }

    /**
     * Begins to read the indexes that are to be asked next, each once for all files that it may
     * ever be asked for.
     *
     * @return for each source that asks one, which
     */
    Map<SourceCheck, Asked> ask() {
      Map<SourceCheck, Asked> questions = new LinkedHashMap<>();
      for (SourceCheck check : remaining()) {
        check.question().ifPresent(index -> questions.put(check, listing(index)));
      }
      return questions;
    }

    private Asked listing(Index index) {
      return listings.computeIfAbsent(
          index,
          asked -> {
            Set<Origin.Debian> files =
                checks.stream()
                    .flatMap(check -> check.wanted(asked).stream())
                    .collect(Collectors.toUnmodifiableSet());
            return new Asked(asked, threads.submit(() -> indexes.look(asked, files)));
          });
    }

    List<Verification.Entry> run(SourceCheck.Context context, Map<Source, FetchedSource> fetched)
        throws IOException {
      Map<SourceCheck, Asked> questions;
      do {
        advance(context, fetched);
        questions = ask();
        for (Map.Entry<SourceCheck, Asked> question : questions.entrySet()) {
          answer(question.getKey(), question.getValue());
        }
      } while (!questions.isEmpty());
      List<Verification.Entry> entries = new ArrayList<>();
      for (SourceCheck check : remaining()) {
        attempt(check, () -> entries.add(check.entry()));
      }
      if (!failed.isEmpty()) {
        throw VerifyException.all(
            checks.stream().flatMap(check -> Stream.ofNullable(failed.get(check))).toList());
      }
      return entries;
    }

    private List<SourceCheck> remaining() {
      return checks.stream().filter(check -> !failed.containsKey(check)).toList();
    }

    private void attempt(SourceCheck check, Runnable step) {
      try {
        step.run();
      } catch (VerifyException e) {
        failed.put(check, e);
      }
    }

    private void advance(SourceCheck.Context context, Map<Source, FetchedSource> fetched)
        throws IOException {
      Map<SourceCheck, Future<?>> futures = new LinkedHashMap<>();
      for (SourceCheck check : remaining()) {
        FetchedSource file = fetched.get(check.declared().source());
        if (file == null) {
          throw new IllegalStateException("The fetcher left out " + check.declared().source());
        }
        futures.put(
            check,
            threads.submit(
                () -> {
                  check.advance(context, file);
                  return check;
                }));
      }
      for (Map.Entry<SourceCheck, Future<?>> entry : futures.entrySet()) {
        try {
          Threads.result(entry.getValue());
        } catch (VerifyException e) {
          failed.put(entry.getKey(), e);
        }
      }
    }

    private void answer(SourceCheck check, Asked asked) throws IOException {
      try {
        check.answer(asked.index(), Threads.result(asked.listing()));
      } catch (FetchException e) {
        check.unavailable(asked.index(), e);
      } catch (VerifyException e) {
        failed.put(check, e);
      }
    }
  }

  private record Asked(Index index, Future<Listing> listing) {}
}
