package io.github.prosodyoci.fetch;

import io.github.prosodyoci.recipe.Source;

/** Follows the downloads; called from several threads at once. */
public interface Progress {

  /** Ignores everything. */
  Progress SILENT = new Progress() {};

  /** The store does not hold a file, so it is fetched now. */
  default void started(Source source) {}

  /**
   * More of a file was received.
   *
   * @param received bytes so far from this origin
   * @param expected bytes in all, or -1 if the origin does not say
   */
  default void received(Source source, long received, long expected) {}

  /** A file was fetched, and is in the store. */
  default void fetched(FetchedSource source) {}

  /** No origin has a file. */
  default void failed(Source source) {}

  /** A problem that does not stop the work, such as a damaged file on a mirror. */
  default void warning(String message) {}
}
