package io.github.prosodyoci.fetch;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.Source;
import java.util.List;

/** The signed indexes of the Debian archive, as evidence for who can verify them. */
public final class DebianArchive {

  // Trixie's has 140 kB; there is no reason for it to grow a hundredfold.
  private static final int MAXIMUM_IN_RELEASE = 8 << 20;

  private final DebianMirrors mirrors;
  private final Documents documents;
  private final SourceFetcher fetcher;

  /** Creates a reader of indexes. */
  public DebianArchive(DebianMirrors mirrors, Documents documents, SourceFetcher fetcher) {
    this.mirrors = mirrors;
    this.documents = documents;
    this.fetcher = fetcher;
  }

  /**
   * Returns the {@code InRelease} of a suite, unverified.
   *
   * @param suite such as {@code trixie} or {@code trixie-security}
   * @param acceptance may refuse one that is badly signed or stale, so that the next mirror is
   *     asked
   * @throws FetchException if no mirror has an acceptable one, and no such copy is kept
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
   * @throws FetchException if no mirror has it
   */
  public FetchedSource index(String suite, String path, Digest sha256) {
    int slash = path.lastIndexOf('/') + 1;
    String byHash = path.substring(0, slash) + "by-hash/SHA256/" + sha256.hex();
    Source source =
        new Source(
            path.substring(slash),
            sha256,
            List.of(new Origin.DebianIndex(suite, byHash), new Origin.DebianIndex(suite, path)));
    return fetcher.fetch(List.of(source)).get(0);
  }
}
