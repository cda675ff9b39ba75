package io.github.prosodyoci.fetch.cache;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What of a cache to remove.
 *
 * @param cache the cache folder
 * @param unusedFor entries that no build has used for this long are removed, if given
 * @param maximumBytes the entries used longest ago are removed until the rest is no larger, if
 *     given; none of those used within the last day
 */
public record CleanRequest(Path cache, Optional<Duration> unusedFor, Optional<Long> maximumBytes) {}
