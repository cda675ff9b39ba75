package io.github.prosodyoci.fetch.cache;

import java.util.List;

/**
 * What was removed from a cache.
 *
 * @param removed the entries removed, that used longest ago first
 * @param kept what the cache holds now
 */
public record CleanResult(List<CacheEntry> removed, CacheInventory kept) {

  /** Copies the list. */
  public CleanResult {
    removed = List.copyOf(removed);
  }
}
