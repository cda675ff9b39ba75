package io.github.prosodyoci.fetch;

import io.github.prosodyoci.recipe.Source;

/** Hears how fetching goes; called from several threads at once. */
public interface Progress {

  /** A progress that nobody hears. */
  Progress SILENT = new Progress() {};

  /** A file is to be fetched that the store does not hold. */
  default void started(Source source) {}

  /**
   * More of a file has come.
   *
   * @param received bytes so far from this origin
   * @param expected bytes in all, or -1 if the origin does not say
   */
  default void received(Source source, long received, long expected) {}

  /** A file came, and lies in the store. */
  default void fetched(FetchedSource source) {}

  /** A file could not be had. */
  default void failed(Source source) {}

  /** Something is wrong that does not stop the work, such as a mirror that holds a damaged file. */
  default void warning(String message) {}
}
