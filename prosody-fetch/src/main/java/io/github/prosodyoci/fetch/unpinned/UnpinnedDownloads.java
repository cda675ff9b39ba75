package io.github.prosodyoci.fetch.unpinned;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.fetch.FetchCode;
import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.fetch.FetchedSource;
import io.github.prosodyoci.fetch.Progress;
import io.github.prosodyoci.fetch.http.Addresses;
import io.github.prosodyoci.fetch.http.HttpDownloads;
import io.github.prosodyoci.fetch.http.OriginException;
import io.github.prosodyoci.fetch.http.OriginException.Next;
import io.github.prosodyoci.fetch.origin.Answer;
import io.github.prosodyoci.fetch.origin.Origins;
import io.github.prosodyoci.fetch.store.ContentStore;
import io.github.prosodyoci.fetch.store.Stored;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.Source;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Fetches what is not pinned yet: a page that lists files, or a new release whose digest is to be
 * learned. It is not to be trusted before it is verified by other means.
 */
public final class UnpinnedDownloads {

  private final boolean offline;
  private final HttpDownloads downloads;
  private final Origins origins;

  /**
   * Creates a downloader.
   *
   * @param cache the cache folder, such as {@code ~/.cache/prosody-oci}
   * @param progress is warned of damaged files in the store
   */
  public UnpinnedDownloads(Path cache, FetchSettings settings, Progress progress) {
    this.offline = settings.offline();
    this.downloads = new HttpDownloads(settings.http());
    this.origins =
        new Origins(
            new ContentStore(cache, progress::warning),
            offline,
            settings.maximumBytes(),
            downloads,
            settings.mirrors(),
            settings.artifacts());
  }

  /**
   * Returns a page.
   *
   * @param maximumBytes its largest size
   * @throws FailureException with a {@link FetchCode} if it is unavailable, or larger
   */
  public byte[] page(URI address, int maximumBytes) {
    String shown = Addresses.shown(address);
    if (offline) {
      throw Failure.of(FetchCode.OFFLINE, "fetch", shown, "the build is offline").toException();
    }
    try {
      byte[] bytes = downloads.get(address, body -> body.stream().readNBytes(maximumBytes + 1));
      if (bytes.length > maximumBytes) {
        throw new OriginException(
            FetchCode.TOO_LARGE, "larger than " + maximumBytes + " bytes", Next.GIVE_UP);
      }
      return bytes;
    } catch (OriginException e) {
      throw Failure.of(e.code(), "fetch", shown, String.valueOf(e.getMessage())).toException(e);
    }
  }

  /**
   * Returns a file in the store, with the digest that it turned out to have, from the first origin
   * that gives any.
   *
   * @throws FailureException with a {@link FetchCode} and the answer of each origin if none does,
   *     or if the store cannot be written
   */
  public FetchedSource fetch(String file, List<Origin> places) {
    List<Answer> answers = new ArrayList<>();
    for (Origin origin : places) {
      Optional<Stored> stored =
          origins.receive(origin, Optional.empty(), (received, total) -> {}, answers);
      if (stored.isPresent()) {
        Stored found = stored.get();
        return new FetchedSource(
            new Source(file, found.digest(), List.of(origin)),
            found.path(),
            found.size(),
            found.origin());
      }
    }
    throw Answer.failure(file, answers).toException();
  }
}
