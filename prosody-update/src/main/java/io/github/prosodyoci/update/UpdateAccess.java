package io.github.prosodyoci.update;

import io.github.prosodyoci.fetch.Fetcher;
import io.github.prosodyoci.fetch.unpinned.DebianArchive;
import io.github.prosodyoci.fetch.unpinned.UnpinnedDownloads;
import java.nio.file.Path;
import java.time.Clock;

/**
 * What a search for newer sources reaches.
 *
 * @param fetcher fetches files by their digest
 * @param unpinned fetches the pages that list releases, and releases whose digest is not known yet
 * @param archive Debian's indexes
 * @param cache the cache folder, which keeps the dates of the newest indexes seen
 * @param clock the present time
 */
public record UpdateAccess(
    Fetcher fetcher, UnpinnedDownloads unpinned, DebianArchive archive, Path cache, Clock clock) {}
