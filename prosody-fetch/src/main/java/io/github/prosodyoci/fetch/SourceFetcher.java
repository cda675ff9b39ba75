package io.github.prosodyoci.fetch;

import io.github.prosodyoci.fetch.OriginException.Next;
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

  private static final String OFFLINE = "not in the store, and the build is offline";

  private final ContentStore store;
  private final DebianMirrors mirrors;
  private final MavenArtifacts artifacts;
  private final FetchSettings settings;
  private final Progress progress;
  private final HttpDownloads downloads;

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
              + ", and the build is offline. Run once without -o.");
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
    throw new FetchException(String.join("\n", paragraphs));
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
      throw new FetchException("Could not fetch the sources: interrupted", e);
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
    List<String> answers = new ArrayList<>();
    for (Origin origin : source.origins()) {
      Optional<FetchedSource> fetched = fromOrigin(source, origin, answers);
      if (fetched.isPresent()) {
        progress.fetched(fetched.get());
        return new Result(source, fetched, "");
      }
    }
    progress.failed(source);
    return new Result(source, Optional.empty(), String.join("; ", answers));
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
      throw new FetchException("Could not read the stored file " + path + ": " + Reasons.of(e), e);
    }
  }

  private Optional<FetchedSource> fromOrigin(Source source, Origin origin, List<String> answers) {
    if (settings.offline() && origin.isRemote()) {
      answers.add(origin + " was not asked, because the build is offline");
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
      Source source, List<URI> addresses, List<String> answers) {
    for (URI address : addresses) {
      Optional<FetchedSource> fetched =
          attempt(source, address.toString(), answers, () -> fromAddress(source, address));
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
      Source source, String address, List<String> answers, Attempt attempt) {
    try {
      return Optional.of(attempt.run());
    } catch (OriginException e) {
      answers.add(address + " answered: " + e.answer());
      if (e.next() == Next.WRONG_CONTENT) {
        progress.warning(source.file() + " from " + address + " is passed over: " + e.answer());
      }
      return Optional.empty();
    }
  }

  private FetchedSource fromAddress(Source source, URI address) throws OriginException {
    return downloads.get(
        address,
        (body, length) -> {
          if (length > settings.maximumBytes()) {
            throw new OriginException(
                length + " bytes are more than the limit of " + settings.maximumBytes(),
                Next.WRONG_CONTENT);
          }
          return receive(source, address.toString(), body, length);
        });
  }

  private FetchedSource fromFile(Source source, Origin origin, Path file) throws OriginException {
    try (InputStream in = Files.newInputStream(file)) {
      return receive(source, origin.toString(), in, Files.size(file));
    } catch (OriginException e) {
      throw e;
    } catch (NoSuchFileException e) {
      throw new OriginException("there is no file " + file, Next.GIVE_UP);
    } catch (IOException e) {
      throw new OriginException("could not read " + file + ": " + Reasons.of(e), Next.GIVE_UP);
    }
  }

  private Path resolve(Origin.Maven artifact) throws OriginException {
    try {
      return artifacts.resolve(artifact);
    } catch (IOException e) {
      throw new OriginException(Reasons.of(e), Next.GIVE_UP);
    }
  }

  private FetchedSource receive(Source source, String origin, InputStream content, long length)
      throws OriginException {
    Path path =
        store.receive(
            source.sha256(),
            origin,
            content,
            settings.maximumBytes(),
            count -> progress.received(source, count, length));
    return inStore(source, path, origin);
  }
}
