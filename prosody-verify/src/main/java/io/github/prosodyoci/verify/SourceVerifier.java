package io.github.prosodyoci.verify;

import io.github.prosodyoci.archive.Digest;
import io.github.prosodyoci.fetch.DebianArchive;
import io.github.prosodyoci.fetch.DeclaredSource;
import io.github.prosodyoci.fetch.DeclaredSource.EvidenceFile;
import io.github.prosodyoci.fetch.FetchException;
import io.github.prosodyoci.fetch.FetchedSource;
import io.github.prosodyoci.fetch.Origin;
import io.github.prosodyoci.fetch.Source;
import io.github.prosodyoci.fetch.SourceFetcher;
import io.github.prosodyoci.verify.DebianIndexes.Index;
import io.github.prosodyoci.verify.DebianIndexes.Listing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;

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
        .map(source -> new SourceCheck(source, EvidenceReader.read(source)))
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
    Set<Source> sources = new LinkedHashSet<>();
    Set<Source> evidenceFiles = new LinkedHashSet<>();
    for (DeclaredSource source : declared) {
      sources.add(source.source());
      source.evidenceFiles().stream().map(EvidenceFile::source).forEach(evidenceFiles::add);
    }
    Map<Source, FetchedSource> fetched = bySource(fetcher.fetch(sources));
    SourceFetcher.Outcome outcome = fetcher.tryFetch(evidenceFiles);
    SignatureVerifier verifier = new SignatureVerifier(clock);
    SourceCheck.Context context =
        new SourceCheck.Context(verifier, trust, bySource(outcome.fetched()), outcome.failed());
    DebianIndexes indexes = new DebianIndexes(archive, trust, verifier, new LastSeen(cache), clock);
    ExecutorService threads = threads();
    try {
      return new Run(checks, threads).run(context, fetched, indexes);
    } finally {
      threads.shutdownNow();
    }
  }

  private static Map<Source, FetchedSource> bySource(Collection<FetchedSource> fetched) {
    return fetched.stream().collect(Collectors.toMap(FetchedSource::source, Function.identity()));
  }

  private static ExecutorService threads() {
    return Executors.newFixedThreadPool(
        Runtime.getRuntime().availableProcessors(),
        task -> {
          Thread thread = new Thread(task, "prosody-verify");
          thread.setDaemon(true);
          return thread;
        });
  }

  /** The checks of one call, step by step, on several threads. */
  private final class Run {
    private final List<SourceCheck> checks;
    private final ExecutorService threads;
    private final Map<SourceCheck, VerifyException> failed = new LinkedHashMap<>();

    Run(List<SourceCheck> checks, ExecutorService threads) {
      this.checks = checks;
      this.threads = threads;
    }

    Verification run(
        SourceCheck.Context context, Map<Source, FetchedSource> fetched, DebianIndexes indexes)
        throws IOException {
      Map<Index, Map<SourceCheck, Origin.Debian>> questions;
      do {
        advance(context, fetched);
        questions = questions();
        ask(indexes, questions);
      } while (!questions.isEmpty());
      List<Verification.Entry> entries = new ArrayList<>();
      for (SourceCheck check : remaining()) {
        attempt(check, () -> entries.add(check.entry()));
      }
      if (!failed.isEmpty()) {
        throw VerifyException.all(
            checks.stream().filter(failed::containsKey).map(failed::get).toList());
      }
      return new Verification(Verification.SCHEMA, inputs(version, checks, trust), entries);
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
      Map<SourceCheck, Future<Void>> futures = new LinkedHashMap<>();
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
                  return null;
                }));
      }
      for (Map.Entry<SourceCheck, Future<Void>> entry : futures.entrySet()) {
        try {
          result(entry.getValue());
        } catch (VerifyException e) {
          failed.put(entry.getKey(), e);
        }
      }
    }

    private Map<Index, Map<SourceCheck, Origin.Debian>> questions() {
      Map<Index, Map<SourceCheck, Origin.Debian>> questions = new LinkedHashMap<>();
      for (SourceCheck check : remaining()) {
        check
            .question()
            .ifPresent(
                question ->
                    questions
                        .computeIfAbsent(question.getKey(), index -> new LinkedHashMap<>())
                        .put(check, question.getValue()));
      }
      return questions;
    }

    private void ask(DebianIndexes indexes, Map<Index, Map<SourceCheck, Origin.Debian>> questions)
        throws IOException {
      Map<Index, Future<Listing>> futures = new LinkedHashMap<>();
      questions.forEach(
          (index, files) ->
              futures.put(
                  index, threads.submit(() -> indexes.look(index, Set.copyOf(files.values())))));
      for (Map.Entry<Index, Future<Listing>> entry : futures.entrySet()) {
        Set<SourceCheck> asking = questions.getOrDefault(entry.getKey(), Map.of()).keySet();
        try {
          Listing listing = result(entry.getValue());
          asking.forEach(check -> attempt(check, () -> check.answer(entry.getKey(), listing)));
        } catch (FetchException e) {
          asking.forEach(
              check -> check.unavailable(entry.getKey(), String.valueOf(e.getMessage())));
        } catch (VerifyException e) {
          asking.forEach(check -> failed.put(check, e));
        }
      }
    }
  }

  private static <T> T result(Future<T> future) throws IOException {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("Interrupted while verifying", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof RuntimeException known) {
        throw known;
      }
      if (cause instanceof IOException known) {
        throw known;
      }
      throw new IllegalStateException(cause);
    }
  }
}
