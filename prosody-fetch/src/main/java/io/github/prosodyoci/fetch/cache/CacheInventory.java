package io.github.prosodyoci.fetch.cache;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a cache holds, without signing keys, locks, mutable documents and what other versions of the
 * toolkit left: these are small, or cannot be made again.
 *
 * @param entries the entries, part by part, ordered by path
 */
public record CacheInventory(List<CacheEntry> entries) {

  /** Copies the list. */
  public CacheInventory {
    entries = List.copyOf(entries);
  }

  /**
   * Reads a cache; one that does not exist is empty.
   *
   * @throws IOException if it cannot be read
   */
  public static CacheInventory read(Path cache) throws IOException {
    List<CacheEntry> entries = new ArrayList<>();
    for (CachePart part : CachePart.values()) {
      entries.addAll(part.entries(cache));
    }
    return new CacheInventory(entries);
  }

  /** Returns the entries of a part. */
  public List<CacheEntry> of(CachePart part) {
    return entries.stream().filter(entry -> entry.part() == part).toList();
  }

  /** Returns the size of entries in bytes. */
  public static long bytes(List<CacheEntry> entries) {
    return entries.stream().mapToLong(CacheEntry::bytes).sum();
  }
}
