package io.github.prosodyoci.fetch.unpinned;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.fetch.FetchRequest;
import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.fetch.FetchedSource;
import io.github.prosodyoci.fetch.Fetcher;
import io.github.prosodyoci.fetch.Progress;
import io.github.prosodyoci.fetch.debian.DebianMirrors;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.Source;
import java.nio.file.Path;
import java.util.List;

/** The signed indexes of the Debian archive, unverified. */
public final class DebianArchive {

  // Trixie's has 140 kB; there is no reason for it to grow a hundredfold.
  private static final int MAXIMUM_IN_RELEASE = 8 << 20;

  private final DebianMirrors mirrors;
  private final Documents documents;
  private final Fetcher fetcher;

  /**
   * Creates a reader of indexes.
   *
   * @param cache the cache folder, such as {@code ~/.cache/prosody-oci}
   * @param settings with the mirrors to ask
   */
  public DebianArchive(Path cache, FetchSettings settings, Progress progress) {
    this.mirrors = settings.mirrors();
    this.documents = new Documents(cache, settings, progress);
    this.fetcher = new Fetcher(cache, settings, progress);
  }

  /**
   * Returns the {@code InRelease} of a suite, unverified.
   *
   * @param suite such as {@code trixie} or {@code trixie-security}
   * @param acceptance may refuse one that is badly signed or stale, so that the next mirror is
   *     asked
   * @throws io.github.prosodyoci.core.FailureException if no mirror has an acceptable one, and no
   *     such copy is kept
   */
  public Documents.Document inRelease(String suite, Documents.Acceptance acceptance) {
    Origin.DebianIndex place = new Origin.DebianIndex(suite, "InRelease");
    return documents.fetch(
        "debian/" + suite + "/InRelease", mirrors.dists(place), MAXIMUM_IN_RELEASE, acceptance);
  }

  /**
   * Returns an index that an {@code InRelease} lists. It is asked for by its digest first
   * (deb-repository format, "by-hash"), so that a mirror that is being updated does no harm.
   *
   * @param suite such as {@code trixie}
   * @param path as the {@code InRelease} lists it, such as {@code main/source/Sources.xz}
   * @param sha256 as the {@code InRelease} lists it
   * @throws io.github.prosodyoci.core.FailureException if no mirror has it
   */
  public FetchedSource index(String suite, String path, Digest sha256) {
    int slash = path.lastIndexOf('/') + 1;
    String byHash = path.substring(0, slash) + "by-hash/SHA256/" + sha256.hex();
    Source source =
        new Source(
            path.substring(slash),
            sha256,
            List.of(new Origin.DebianIndex(suite, byHash), new Origin.DebianIndex(suite, path)));
    return fetcher.fetch(FetchRequest.required(List.of(source))).fetched().get(0);
  }
}
