package io.github.prosodyoci.update;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.recipe.RecipeDocument;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Finds what is newer than the pins of recipes. */
public final class OutdatedSearch {

  private final UpdateAccess access;

  /** Creates a search. */
  public OutdatedSearch(UpdateAccess access) {
    this.access = access;
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
    SuiteReader reader =
        new SuiteReader(access.archive(), request.trust(), access.cache(), access.clock());
    List<SuiteSources> suites =
        reader.read(
            request.suites(),
            recipes.stream().flatMap(recipe -> recipe.sources().stream()).toList(),
            request.maximumAge());
    QueueReader queues = new QueueReader(reader.indexes(), access.fetcher());
    List<OutdatedResult.Recipe> found = new ArrayList<>();
    for (RecipeDocument recipe : recipes) {
      found.add(
          new RecipeSearch(offering(suites, recipe), queues, access.unpinned()).search(recipe));
    }
    return new OutdatedResult(
        OutdatedResult.SCHEMA, suites.stream().map(SuiteSources::suite).toList(), found);
  }

  /** Returns the suites to take from: the packages of a build root are of one release. */
  private static List<SuiteSources> offering(List<SuiteSources> suites, RecipeDocument recipe) {
    if (recipe.root().find("build-root").isEmpty()) {
      return suites;
    }
    List<String> related =
        SuiteReader.related(suites.stream().map(SuiteSources::name).toList(), recipe.sources());
    return suites.stream().filter(suite -> related.contains(suite.name())).toList();
  }
}
