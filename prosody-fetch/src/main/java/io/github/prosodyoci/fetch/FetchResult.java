package io.github.prosodyoci.fetch;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.recipe.Source;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The fetched files.
 *
 * @param fetched the files that are in the store, the required ones first, in the request's order
 * @param absent the optional files that are unavailable, with the answers of their origins
 */
public record FetchResult(List<FetchedSource> fetched, Map<Source, Failure> absent) {

  /** Makes it immutable. */
  public FetchResult {
    fetched = List.copyOf(fetched);
    absent = Map.copyOf(absent);
  }

  /** Returns a file, if it is in the store. */
  public Optional<FetchedSource> find(Source source) {
    return fetched.stream().filter(each -> each.source().equals(source)).findFirst();
  }
}
