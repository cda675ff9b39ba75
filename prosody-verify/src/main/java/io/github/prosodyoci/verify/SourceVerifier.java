package io.github.prosodyoci.verify;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Workers;
import io.github.prosodyoci.fetch.FetchRequest;
import io.github.prosodyoci.fetch.FetchedSource;
import io.github.prosodyoci.fetch.Fetcher;
import io.github.prosodyoci.fetch.unpinned.DebianArchive;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.Source;
import io.github.prosodyoci.verify.debian.DebianIndexes;
import io.github.prosodyoci.verify.debian.LastSeen;
import io.github.prosodyoci.verify.openpgp.SignatureVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Decides, by the evidence that recipes declare, whether sources may be trusted. The pinned digest
 * must match in any case; entries of evidence are tried in order until one is sufficient, and a
 * false one fails the whole request.
 */
public final class SourceVerifier {

  // More than there are processors, since some wait for the network.
  private static final int THREADS = 2 + Runtime.getRuntime().availableProcessors();

  private final Fetcher fetcher;
  private final DebianArchive archive;
  private final LastSeen lastSeen;
  private final Clock clock;

  /**
   * Creates a verifier.
   *
   * @param fetcher fetches sources and evidence, and hashes what is in the store again
   * @param archive Debian's indexes
   * @param cache the cache folder, which keeps the dates of the newest indexes seen
   * @param clock the present time
   */
  public SourceVerifier(Fetcher fetcher, DebianArchive archive, Path cache, Clock clock) {
    this.fetcher = fetcher;
    this.archive = archive;
    this.lastSeen = new LastSeen(cache);
    this.clock = clock;
  }

  /**
   * Verifies sources.
   *
   * @return an entry for each source, in the order given
   * @throws FailureException with a {@link VerifyCode} and a failure for each source that may not
   *     be trusted; with another code if a source cannot be fetched or its declaration is malformed
   * @throws IOException if a file cannot be read or written
   */
  public VerifyResult verify(VerifyRequest request) throws IOException {
    SignatureVerifier signatures = new SignatureVerifier(clock);
    SignedEvidence signed = new SignedEvidence(signatures, request.trust(), fetcher);
    List<DeclaredSource> sources = request.sources();
    ArchiveEvidence archived =
        new ArchiveEvidence(
            new DebianIndexes(archive, request.trust()::suite, signatures, lastSeen, clock),
            sources);
    try (Workers workers = new Workers("prosody-verify", THREADS)) {
      // The indexes that are needed in any case are read while the sources are hashed.
      sources.forEach(source -> archived.firstIndex(source).ifPresent(workers::execute));
      Map<Source, FetchedSource> fetched = fetch(sources);
      List<Future<VerifyResult.Entry>> checks = new ArrayList<>();
      for (DeclaredSource source : sources) {
        FetchedSource file = Objects.requireNonNull(fetched.get(source.source()));
        checks.add(workers.submit(() -> new SourceCheck(source, file, signed, archived).run()));
      }
      return new VerifyResult(VerifyResult.SCHEMA, request.inputs(), entries(checks));
    }
  }

  private Map<Source, FetchedSource> fetch(List<DeclaredSource> declared) {
    Set<Source> sources = new LinkedHashSet<>();
    declared.forEach(source -> sources.add(source.source()));
    return fetcher.fetch(FetchRequest.required(sources)).fetched().stream()
        .collect(Collectors.toMap(FetchedSource::source, Function.identity()));
  }

  /** Waits for all checks, so that one exception lists everything that may not be trusted. */
  private static List<VerifyResult.Entry> entries(List<Future<VerifyResult.Entry>> checks)
      throws IOException {
    List<VerifyResult.Entry> entries = new ArrayList<>();
    List<FailureException> refused = new ArrayList<>();
    for (Future<VerifyResult.Entry> check : checks) {
      try {
        entries.add(Workers.result("verify", check));
      } catch (FailureException e) {
        if (!VerifyCode.isCodeOf(e)) {
          throw e;
        }
        refused.add(e);
      }
    }
    if (!refused.isEmpty()) {
      List<Failure> failures =
          refused.stream().flatMap(e -> e.failures().stream()).distinct().toList();
      throw new FailureException(failures, refused.get(0));
    }
    return entries;
  }
}
