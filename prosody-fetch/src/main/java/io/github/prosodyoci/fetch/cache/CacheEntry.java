package io.github.prosodyoci.fetch.cache;

import java.nio.file.Path;
import java.time.Instant;

/**
 * Something in the cache that can be made again.
 *
 * @param part the part of the cache that it belongs to
 * @param path the file or folder
 * @param bytes the size of its files
 * @param lastUse when a build used it last
 */
public record CacheEntry(CachePart part, Path path, long bytes, Instant lastUse) {}
