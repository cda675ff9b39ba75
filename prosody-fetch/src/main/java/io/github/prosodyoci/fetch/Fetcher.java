package io.github.prosodyoci.fetch;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.core.Workers;
import io.github.prosodyoci.fetch.http.HttpDownloads;
import io.github.prosodyoci.fetch.http.OriginException.Next;
import io.github.prosodyoci.fetch.origin.Answer;
import io.github.prosodyoci.fetch.origin.Origins;
import io.github.prosodyoci.fetch.store.ContentStore;
import io.github.prosodyoci.fetch.store.Stored;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Fetches files by their digests into the store, each from the first origin that has it. */
public final class Fetcher {

  /** A file, or why it is unavailable. */
  private record Result(Optional<FetchedSource> fetched, Optional<Failure> failure) {}

  private final FetchSettings settings;
  private final Progress progress;
  private final ContentStore store;
  private final Origins origins;
  private final Set<String> warned = ConcurrentHashMap.newKeySet();

  /**
   * Creates a fetcher.
   *
   * @param cache the cache folder, such as {@code ~/.cache/prosody-oci}
   * @param progress follows each file; called from several threads
   */
  public Fetcher(Path cache, FetchSettings settings, Progress progress) {
    this.settings = settings;
    this.progress = progress;
    this.store = new ContentStore(cache, progress::warning);
    this.origins =
        new Origins(
            store,
            settings.offline(),
            settings.maximumBytes(),
            new HttpDownloads(settings.http()),
            settings.mirrors(),
            settings.artifacts());
  }

  /**
   * Fetches the files that the store does not hold, several at the same time.
   *
   * @throws FailureException with a {@link FetchCode} and the answers of all origins for each
   *     required file that is unavailable, or if the store cannot be written; with {@link
   *     io.github.prosodyoci.core.CommonCode#INTERRUPTED} if the thread is interrupted
   */
  public FetchResult fetch(FetchRequest request) {
    List<Source> all =
        Stream.concat(request.required().stream(), request.optional().stream()).toList();
    List<FetchedSource> fetched = new ArrayList<>();
    Map<Source, Failure> absent = new LinkedHashMap<>();
    int threads = Math.max(1, Math.min(settings.parallel(), all.size()));
    try (Workers workers = new Workers("prosody-fetch", threads)) {
      Map<Source, Future<Result>> results = new LinkedHashMap<>();
      all.forEach(
          source -> results.put(source, workers.submit(() -> fetch(source, request.rehash()))));
      for (Map.Entry<Source, Future<Result>> result : results.entrySet()) {
        Result done = await(result.getValue());
        done.fetched().ifPresent(fetched::add);
        done.failure().ifPresent(failure -> absent.put(result.getKey(), failure));
      }
    }
    List<Failure> missing =
        request.required().stream().flatMap(file -> Stream.ofNullable(absent.get(file))).toList();
    if (!missing.isEmpty()) {
      throw new FailureException(grouped(missing), null);
    }
    return new FetchResult(fetched, absent);
  }

  /** Makes one failure of all that are missing only because the build is offline. */
  private List<Failure> grouped(List<Failure> missing) {
    List<Failure> grouped = new ArrayList<>();
    List<Failure> offline =
        missing.stream().filter(each -> each.code() == FetchCode.OFFLINE).toList();
    if (!offline.isEmpty()) {
      String files = offline.stream().map(Failure::thing).collect(Collectors.joining(", "));
      grouped.add(
          Failure.of(
              FetchCode.OFFLINE,
              "fetch",
              files,
              "not in the store " + store.cache() + ", and the build is offline"));
    }
    missing.stream().filter(each -> each.code() != FetchCode.OFFLINE).forEach(grouped::add);
    return grouped;
  }

  private static Result await(Future<Result> future) {
    try {
      return Workers.await(future);
    } catch (InterruptedException e) {
      throw FileFailures.interrupted("fetch", "the sources", e);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private Result fetch(Source source, boolean rehash) {
    Optional<FetchedSource> stored = stored(source, rehash);
    if (stored.isPresent()) {
      return new Result(stored, Optional.empty());
    }
    if (settings.offline() && source.origins().stream().allMatch(Origin::isRemote)) {
      return new Result(
          Optional.empty(),
          Optional.of(
              Failure.of(
                  FetchCode.OFFLINE,
                  "fetch",
                  source.file(),
                  "not in the store, and the build is offline")));
    }
    return store.locked(source.sha256(), () -> fetchAbsent(source));
  }

  private Result fetchAbsent(Source source) {
    Optional<FetchedSource> stored = stored(source, true);
    if (stored.isPresent()) {
      return new Result(stored, Optional.empty());
    }
    progress.started(source);
    List<Answer> answers = new ArrayList<>();
    for (Origin origin : source.origins()) {
      int before = answers.size();
      Optional<Stored> received =
          origins.receive(
              origin,
              Optional.of(source.sha256()),
              (count, total) -> progress.received(source, count, total),
              answers);
      answers.subList(before, answers.size()).stream()
          .filter(answer -> answer.failure().next() == Next.WRONG_CONTENT)
          .forEach(answer -> progress.warning("Skipped " + source.file() + ": " + answer));
      if (received.isPresent()) {
        Stored file = received.get();
        FetchedSource fetched = new FetchedSource(source, file.path(), file.size(), file.origin());
        warn(fetched, answers);
        progress.fetched(fetched);
        return new Result(Optional.of(fetched), Optional.empty());
      }
    }
    progress.failed(source);
    return new Result(
        Optional.empty(),
        Optional.of(Answer.failure(source.file() + " (" + source.sha256() + ")", answers)));
  }

  /** Says why a file did not come from the first of its origins, if that is worth a look. */
  private void warn(FetchedSource fetched, List<Answer> answers) {
    for (Answer answer : answers) {
      FetchCode code = answer.failure().code();
      Next next = answer.failure().next();
      // Mirrors often lack a file; wrong content was warned of already. An unreachable host is
      // named once.
      if (code != FetchCode.NOT_FOUND
          && code != FetchCode.OFFLINE
          && next != Next.WRONG_CONTENT
          && (next != Next.GIVE_UP_HOST || warned.add(host(answer)))) {
        progress.warning(
            fetched.source().file() + " came from " + fetched.origin() + ", since " + answer);
      }
    }
  }

  private static String host(Answer answer) {
    return answer.address().replaceFirst("(//[^/]*).*", "$1");
  }

  private Optional<FetchedSource> stored(Source source, boolean rehash) {
    Optional<Path> path = rehash ? store.find(source.sha256()) : store.locate(source.sha256());
    if (path.isEmpty()) {
      return Optional.empty();
    }
    String origin = store.origin(source.sha256()).orElse("store");
    try {
      return Optional.of(new FetchedSource(source, path.get(), Files.size(path.get()), origin));
    } catch (IOException e) {
      throw Failure.of(FetchCode.UNREADABLE, "read", path.get().toString(), Reasons.of(e))
          .toException(e);
    }
  }
}
