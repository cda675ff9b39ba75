package io.github.prosodyoci.fetch;

import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.fetch.FetchException.Code;
import io.github.prosodyoci.fetch.OriginException.Next;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.Source;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Brings sources into the store, several at the same time, each from the first origin with it. */
public final class SourceFetcher {

  /**
   * What came of fetching several files.
   *
   * @param fetched the files that lie in the store now, in the order asked for
   * @param failed the files that could not be had, each with the answer of every origin
   */
  public record Outcome(List<FetchedSource> fetched, Map<Source, String> failed) {}

  private record Result(Source source, Optional<FetchedSource> fetched, String failure) {}

  /** What an address answered that did not give the file. */
  private record Answer(String address, OriginException failure) {
    @Override
    public String toString() {
      return address + " answered: " + failure.answer();
    }
  }

  private static final String OFFLINE =
      "not in the store, and the build is offline (" + Code.OFFLINE + ")";

  private final ContentStore store;
  private final DebianMirrors mirrors;
  private final MavenArtifacts artifacts;
  private final FetchSettings settings;
  private final Progress progress;
  private final HttpDownloads downloads;
  private final Map<Source, Code> codes = new ConcurrentHashMap<>();
  private final Set<String> warned = ConcurrentHashMap.newKeySet();

  /** Creates a fetcher. */
  public SourceFetcher(
      ContentStore store,
      DebianMirrors mirrors,
      MavenArtifacts artifacts,
      FetchSettings settings,
      Progress progress) {
    this.store = store;
    this.mirrors = mirrors;
    this.artifacts = artifacts;
    this.settings = settings;
    this.progress = progress;
    this.downloads = new HttpDownloads(settings);
  }

  /**
   * Returns where files lie, after fetching those that the store does not hold.
   *
   * @return in the order of {@code sources}
   * @throws FetchException if a file cannot be had: the message gives the answer of each origin; or
   *     if the store cannot be written
   */
  public List<FetchedSource> fetch(Collection<Source> sources) {
    Outcome outcome = tryFetch(sources);
    throwIfAnyFailed(outcome, sources);
    return outcome.fetched();
  }

  /** Throws, with a paragraph for each, if one of the files that are needed could not be had. */
  void throwIfAnyFailed(Outcome outcome, Collection<Source> needed) {
    Map<Source, String> failed = new LinkedHashMap<>(outcome.failed());
    failed.keySet().retainAll(Set.copyOf(needed));
    if (failed.isEmpty()) {
      return;
    }
    List<String> paragraphs = new ArrayList<>();
    if (failed.containsValue(OFFLINE)) {
      paragraphs.add(
          "Could not fetch "
              + failed.entrySet().stream()
                  .filter(failure -> failure.getValue().equals(OFFLINE))
                  .map(failure -> failure.getKey().file())
                  .collect(Collectors.joining(", "))
              + ": not in the store "
              + store.cache()
              + ", and the build is offline ("
              + Code.OFFLINE
              + "). Run once without -o.");
    }
    failed.forEach(
        (source, answers) -> {
          if (!answers.equals(OFFLINE)) {
            paragraphs.add(
                "Could not fetch "
                    + source.file()
                    + " ("
                    + source.sha256()
                    + "): no origin is left: "
                    + answers
                    + ". Check the network and the origins, or name a mirror with"
                    + " -Dprosodyoci.debian.mirror=<address>.");
          }
        });
    Set<Code> codes = failed.keySet().stream().map(this::code).collect(Collectors.toSet());
    throw new FetchException(
        codes.size() == 1 ? codes.iterator().next() : Code.NO_ORIGIN,
        String.join("\n", paragraphs));
  }

  private Code code(Source source) {
    return codes.getOrDefault(source, Code.OFFLINE);
  }

  /**
   * Fetches what can be had.
   *
   * @throws FetchException if the store cannot be written
   */
  public Outcome tryFetch(Collection<Source> sources) {
    ExecutorService threads =
        Executors.newFixedThreadPool(
            Math.max(1, Math.min(settings.parallel(), sources.size())),
            task -> {
              Thread thread = new Thread(task, "prosody-fetch");
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<Future<Result>> results = new ArrayList<>();
      for (Source source : sources) {
        results.add(threads.submit(() -> fetchOne(source)));
      }
      List<FetchedSource> fetched = new ArrayList<>();
      Map<Source, String> failed = new LinkedHashMap<>();
      for (Future<Result> future : results) {
        Result result = await(future);
        result
            .fetched()
            .ifPresentOrElse(fetched::add, () -> failed.put(result.source(), result.failure()));
      }
      return new Outcome(List.copyOf(fetched), failed);
    } finally {
      end(threads);
    }
  }

  /** Waits until what still runs has put away its temporary files. */
  private static void end(ExecutorService threads) {
    threads.shutdownNow();
    try {
      if (!threads.awaitTermination(5, TimeUnit.SECONDS)) {
        return; // they are daemons
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Result await(Future<Result> future) {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FetchException(
          Code.INTERRUPTED,
          "Could not fetch the sources: interrupted (" + Code.INTERRUPTED + ")",
          e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof FetchException known) {
        throw known;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private Result fetchOne(Source source) {
    Optional<FetchedSource> stored = stored(source);
    if (stored.isPresent()) {
      return new Result(source, stored, "");
    }
    if (settings.offline() && source.origins().stream().allMatch(Origin::isRemote)) {
      return new Result(source, Optional.empty(), OFFLINE);
    }
    return store.locked(source.sha256(), () -> fetchAbsent(source));
  }

  private Result fetchAbsent(Source source) {
    Optional<FetchedSource> stored = stored(source);
    if (stored.isPresent()) {
      return new Result(source, stored, "");
    }
    progress.started(source);
    List<Answer> answers = new ArrayList<>();
    for (Origin origin : source.origins()) {
      Optional<FetchedSource> fetched = fromOrigin(source, origin, answers);
      if (fetched.isPresent()) {
        warn(fetched.get(), answers);
        progress.fetched(fetched.get());
        return new Result(source, fetched, "");
      }
    }
    progress.failed(source);
    codes.put(source, code(answers));
    return new Result(
        source,
        Optional.empty(),
        answers.stream().map(Answer::toString).collect(Collectors.joining("; ")));
  }

  /** Returns what all origins answered, or that one had other content, which weighs most. */
  private static Code code(List<Answer> answers) {
    Set<Code> codes = answers.stream().map(a -> a.failure().code()).collect(Collectors.toSet());
    if (codes.contains(Code.DIGEST_MISMATCH)) {
      return Code.DIGEST_MISMATCH;
    }
    return codes.size() == 1 ? codes.iterator().next() : Code.NO_ORIGIN;
  }

  /** Says why a file did not come from the first of its origins, if that is worth a look. */
  private void warn(FetchedSource fetched, List<Answer> answers) {
    for (Answer answer : answers) {
      Code code = answer.failure().code();
      // That a mirror lacks a file is usual; files that are wrong were warned of already. A host
      // that is out of reach is named once.
      if (code != Code.NOT_FOUND
          && code != Code.OFFLINE
          && answer.failure().next() != Next.WRONG_CONTENT
          && (answer.failure().next() != Next.GIVE_UP_HOST || warned.add(host(answer)))) {
        progress.warning(
            fetched.source().file() + " came from " + fetched.origin() + ", since " + answer);
      }
    }
  }

  private static String host(Answer answer) {
    return answer.address().replaceFirst("(//[^/]*).*", "$1");
  }

  private Optional<FetchedSource> stored(Source source) {
    return store
        .find(source.sha256())
        .map(path -> inStore(source, path, store.origin(source.sha256()).orElse("store")));
  }

  private static FetchedSource inStore(Source source, Path path, String origin) {
    try {
      return new FetchedSource(source, path, Files.size(path), origin);
    } catch (IOException e) {
      throw new FetchException(
          Code.UNREADABLE,
          "Could not read the stored file "
              + path
              + ": "
              + Reasons.of(e)
              + " ("
              + Code.UNREADABLE
              + "). Build again; if it stays so, remove the file by hand.",
          e);
    }
  }

  private Optional<FetchedSource> fromOrigin(Source source, Origin origin, List<Answer> answers) {
    if (settings.offline() && origin.isRemote()) {
      answers.add(
          new Answer(
              origin.toString(),
              new OriginException(
                  Code.OFFLINE, "not asked, as the build is offline", Next.GIVE_UP)));
      return Optional.empty();
    }
    if (origin instanceof Origin.Https web) {
      return fromWeb(source, List.of(web.address()), answers);
    }
    if (origin instanceof Origin.Debian file) {
      return fromWeb(source, mirrors.pool(file), answers);
    }
    if (origin instanceof Origin.DebianIndex file) {
      return fromWeb(source, mirrors.dists(file), answers);
    }
    if (origin instanceof Origin.LocalFile file) {
      return attempt(
          source, origin.toString(), answers, () -> fromFile(source, origin, file.path()));
    }
    if (origin instanceof Origin.Maven artifact) {
      return attempt(
          source, origin.toString(), answers, () -> fromFile(source, origin, resolve(artifact)));
    }
    throw new IllegalStateException("Unknown kind of origin: " + origin);
  }

  private Optional<FetchedSource> fromWeb(
      Source source, List<URI> addresses, List<Answer> answers) {
    for (URI address : addresses) {
      Optional<FetchedSource> fetched =
          attempt(source, Addresses.shown(address), answers, () -> fromAddress(source, address));
      if (fetched.isPresent()) {
        return fetched;
      }
    }
    return Optional.empty();
  }

  @FunctionalInterface
  private interface Attempt {
    FetchedSource run() throws OriginException;
  }

  private Optional<FetchedSource> attempt(
      Source source, String address, List<Answer> answers, Attempt attempt) {
    try {
      return Optional.of(attempt.run());
    } catch (OriginException e) {
      answers.add(new Answer(address, e));
      if (e.next() == Next.WRONG_CONTENT) {
        progress.warning(source.file() + " from " + address + " is passed over: " + e.answer());
      }
      return Optional.empty();
    }
  }

  private FetchedSource fromAddress(Source source, URI address) throws OriginException {
    try (Incoming incoming = store.incoming(source.sha256())) {
      return downloads.get(address, new Download(source, Addresses.shown(address), incoming));
    }
  }

  private FetchedSource fromFile(Source source, Origin origin, Path file) throws OriginException {
    try (InputStream in = Files.newInputStream(file);
        Incoming incoming = store.incoming(source.sha256())) {
      return new Download(source, origin.toString(), incoming)
          .read(new HttpDownloads.Body(in, 0, Files.size(file)));
    } catch (OriginException e) {
      throw e;
    } catch (NoSuchFileException e) {
      throw new OriginException(Code.NOT_FOUND, "there is no file " + file, Next.GIVE_UP);
    } catch (IOException e) {
      throw new OriginException(
          Code.UNREADABLE, "could not read " + file + ": " + Reasons.of(e), Next.GIVE_UP);
    }
  }

  private Path resolve(Origin.Maven artifact) throws OriginException {
    try {
      return artifacts.resolve(artifact);
    } catch (IOException e) {
      throw new OriginException(Code.NOT_FOUND, Reasons.of(e), Next.GIVE_UP);
    }
  }

  /** Receives a file, in one piece or several. */
  private final class Download implements HttpDownloads.Use<FetchedSource> {
    private final Source source;
    private final String origin;
    private final Incoming incoming;

    Download(Source source, String origin, Incoming incoming) {
      this.source = source;
      this.origin = origin;
      this.incoming = incoming;
    }

    @Override
    public long held() {
      return incoming.size();
    }

    @Override
    public FetchedSource read(HttpDownloads.Body body) throws OriginException {
      if (body.start() == 0) {
        incoming.restart();
      }
      if (body.total() > settings.maximumBytes()) {
        throw new OriginException(
            Code.TOO_LARGE,
            body.total() + " bytes are more than the limit of " + settings.maximumBytes(),
            Next.WRONG_CONTENT);
      }
      incoming.append(
          body.stream(),
          settings.maximumBytes(),
          count -> progress.received(source, count, body.total()));
      return inStore(source, incoming.commit(origin), origin);
    }
  }
}
