package io.github.prosodyoci.update;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.fetch.FetchCode;
import io.github.prosodyoci.fetch.FetchRequest;
import io.github.prosodyoci.fetch.Fetcher;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.Source;
import io.github.prosodyoci.verify.debian.DebianIndexes;
import io.github.prosodyoci.verify.debian.DebianIndexes.Index;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Fetches Debian's patch queues by the digests of signed indexes. */
final class QueueReader {

  /** How the name of a packaging ends. */
  static final String END = ".debian.tar.xz";

  private final DebianIndexes indexes;
  private final Fetcher fetcher;

  QueueReader(DebianIndexes indexes, Fetcher fetcher) {
    this.indexes = indexes;
    this.fetcher = fetcher;
  }

  /**
   * Returns the queue of a packaging that a suite has.
   *
   * @param notes gains a line if it cannot be fetched
   */
  Optional<PatchQueue> read(
      String sourcePackage, String file, SuiteSources suite, Set<String> notes) throws IOException {
    Origin.Debian origin = new Origin.Debian(sourcePackage, file);
    try {
      Digest digest =
          indexes.digests(Index.of(suite.name(), origin), List.of(origin)).content().get(origin);
      if (digest == null) {
        notes.add(suite.shown() + " does not list " + file);
        return Optional.empty();
      }
      return Optional.of(PatchQueue.read(fetch(new Source(file, digest, List.of(origin)))));
    } catch (FailureException e) {
      if (!FetchCode.isCodeOf(e)) {
        throw e;
      }
      notes.add("the patches of " + file + " could not be compared: " + e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * Returns a queue without the patches that a recipe's own has.
   *
   * @param notes gains a line if the recipe's queue cannot be fetched
   */
  PatchQueue gained(PatchQueue newer, Source older, Set<String> notes) throws IOException {
    try {
      List<String> gained = newer.without(PatchQueue.read(fetch(older)));
      return new PatchQueue(gained, newer.changelog(), newer.fixes());
    } catch (FailureException e) {
      if (!FetchCode.isCodeOf(e)) {
        throw e;
      }
      notes.add("the patches of " + older.file() + " could not be compared: " + e.getMessage());
      return new PatchQueue(List.of(), newer.changelog(), newer.fixes());
    }
  }

  private Path fetch(Source source) {
    return fetcher.fetch(FetchRequest.required(List.of(source))).fetched().get(0).path();
  }
}
