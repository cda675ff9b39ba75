package io.github.prosodyoci.update;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.fetch.Fetcher;
import io.github.prosodyoci.fetch.unpinned.DebianArchive;
import io.github.prosodyoci.fetch.unpinned.UnpinnedDownloads;
import io.github.prosodyoci.recipe.RecipeDocument;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** Finds what is newer than the pins of recipes. */
public final class OutdatedSearch {

  private final Fetcher fetcher;
  private final UnpinnedDownloads unpinned;
  private final DebianArchive archive;
  private final Path cache;
  private final Clock clock;

  /**
   * Creates a search.
   *
   * @param fetcher fetches files by their digest
   * @param unpinned fetches the pages that list upstream's releases
   * @param archive Debian's indexes
   * @param cache the cache folder, which keeps the dates of the newest indexes seen
   * @param clock the present time
   */
  public OutdatedSearch(
      Fetcher fetcher, UnpinnedDownloads unpinned, DebianArchive archive, Path cache, Clock clock) {
    this.fetcher = fetcher;
    this.unpinned = unpinned;
    this.archive = archive;
    this.cache = cache;
    this.clock = clock;
  }

  /**
   * Returns what is newer, and which suites and pages did not answer.
   *
   * @throws FailureException if a recipe cannot be read, or a suite's signature or digest does not
   *     verify
   * @throws IOException if a file cannot be read or written
   */
  public OutdatedResult search(OutdatedRequest request) throws IOException {
    List<RecipeDocument> recipes =
        RecipeDocument.readAll(request.recipes()).stream()
            .filter(recipe -> !recipe.sources().isEmpty())
            .toList();
    SuiteReader reader = new SuiteReader(archive, request.trust(), cache, clock);
    List<SuiteSources> suites =
        reader.read(
            request.suites(),
            recipes.stream().flatMap(recipe -> recipe.sources().stream()).toList(),
            request.maximumAge());
    RecipeSearch search =
        new RecipeSearch(suites, new QueueReader(reader.indexes(), fetcher), unpinned);
    List<OutdatedResult.Recipe> found = new ArrayList<>();
    for (RecipeDocument recipe : recipes) {
      found.add(search.search(recipe));
    }
    return new OutdatedResult(
        OutdatedResult.SCHEMA, suites.stream().map(SuiteSources::suite).toList(), found);
  }
}
