package io.github.prosodyoci.fetch.cache;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Folders;
import io.github.prosodyoci.core.UseMark;
import io.github.prosodyoci.fetch.store.ContentStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Removes from a cache what was not used for long, or what makes it too large. All of it can be
 * fetched or built again. Other builds may use the cache meanwhile: an entry disappears as a whole.
 */
public final class CacheCleaner {

  private static final Duration IN_USE = Duration.ofDays(1);
  private static final String REMOVED = ".removed-";

  private final Clock clock;

  /** Creates a cleaner. */
  public CacheCleaner(Clock clock) {
    this.clock = clock;
  }

  /**
   * Removes what a request names.
   *
   * @throws IOException if the cache cannot be read, or an entry cannot be removed
   */
  public CleanResult clean(CleanRequest request) throws IOException {
    Instant now = clock.instant();
    List<CacheEntry> kept = new ArrayList<>(CacheInventory.read(request.cache()).entries());
    kept.sort(Comparator.comparing(CacheEntry::lastUse).thenComparing(CacheEntry::path));
    List<CacheEntry> removed = new ArrayList<>();
    if (request.unusedFor().isPresent()) {
      Instant oldest = now.minus(request.unusedFor().get());
      kept.stream().filter(entry -> entry.lastUse().isBefore(oldest)).forEach(removed::add);
      kept.removeAll(removed);
    }
    if (request.maximumBytes().isPresent()) {
      long bytes = CacheInventory.bytes(kept);
      Instant inUse = now.minus(IN_USE);
      while (bytes > request.maximumBytes().get()
          && !kept.isEmpty()
          && kept.get(0).lastUse().isBefore(inUse)) {
        CacheEntry oldest = kept.remove(0);
        removed.add(oldest);
        bytes -= oldest.bytes();
      }
    }
    for (CacheEntry entry : removed) {
      remove(request.cache(), entry);
    }
    return new CleanResult(removed, CacheInventory.read(request.cache()));
  }

  /**
   * Removes what no build has used for some time, unless that was done within the last day.
   *
   * @return what was removed
   * @throws IOException if the cache cannot be read or written
   */
  public List<CacheEntry> cleanDaily(Path cache, Duration unusedFor) throws IOException {
    Path done = cache.resolve("cleaned");
    if (Files.exists(UseMark.of(done))
        && UseMark.lastUse(done).isAfter(clock.instant().minus(Duration.ofDays(1)))) {
      return List.of();
    }
    List<CacheEntry> removed =
        clean(new CleanRequest(cache, Optional.of(unusedFor), Optional.empty())).removed();
    UseMark.renew(done);
    return removed;
  }

  private static void remove(Path cache, CacheEntry entry) throws IOException {
    if (entry.part() == CachePart.SOURCES) {
      new ContentStore(cache).remove(Digest.parse("sha256:" + entry.path().getFileName()));
    } else {
      removeFolder(entry.path());
    }
    Files.deleteIfExists(UseMark.of(entry.path()));
  }

  private static void removeFolder(Path folder) throws IOException {
    Path parent = folder.resolveSibling("");
    for (Path rest : Folders.list(parent)) {
      // Of a run that was cut off.
      if (rest.getFileName().toString().startsWith(REMOVED)) {
        delete(rest);
      }
    }
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      Path aside = folder.resolveSibling(REMOVED + UUID.randomUUID());
      try {
        Files.move(folder, aside, StandardCopyOption.ATOMIC_MOVE);
      } catch (NoSuchFileException e) {
        return; // another build was faster
      }
      delete(aside);
    }
    Files.deleteIfExists(folder.resolveSibling(folder.getFileName() + ".json"));
  }

  private static void delete(Path folder) throws IOException {
    try {
      Folders.delete(folder);
    } catch (NoSuchFileException e) {
      return; // another build does the same
    }
  }
}
