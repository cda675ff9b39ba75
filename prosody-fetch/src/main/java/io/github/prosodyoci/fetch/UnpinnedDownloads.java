package io.github.prosodyoci.fetch;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.fetch.FetchException.Code;
import io.github.prosodyoci.fetch.OriginException.Next;
import io.github.prosodyoci.recipe.Origin;
import io.github.prosodyoci.recipe.Source;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fetches what is not pinned yet: a page that lists files, or a new release whose digest is to be
 * learned. Nothing of it may be trusted before it is verified by other means.
 */
public final class UnpinnedDownloads {

  private final ContentStore store;
  private final DebianMirrors mirrors;
  private final FetchSettings settings;
  private final HttpDownloads downloads;

  /** Creates a downloader. */
  public UnpinnedDownloads(ContentStore store, DebianMirrors mirrors, FetchSettings settings) {
    this.store = store;
    this.mirrors = mirrors;
    this.settings = settings;
    this.downloads = new HttpDownloads(settings);
  }

  /**
   * Returns a page.
   *
   * @param maximumBytes how large it may be
   * @throws FetchException if it cannot be had, or is larger
   */
  public byte[] page(URI address, int maximumBytes) {
    if (settings.offline()) {
      throw refused(Code.OFFLINE, Addresses.shown(address), "the build is offline (offline)");
    }
    try {
      byte[] bytes = downloads.get(address, body -> body.stream().readNBytes(maximumBytes + 1));
      if (bytes.length > maximumBytes) {
        throw new OriginException(
            Code.TOO_LARGE, "larger than " + maximumBytes + " bytes", Next.GIVE_UP);
      }
      return bytes;
    } catch (OriginException e) {
      throw refused(e.code(), Addresses.shown(address), e.answer());
    }
  }

  private static FetchException refused(Code code, String thing, String reason) {
    return new FetchException(
        code, "Could not fetch " + thing + ": " + reason + ". Check the network and the address.");
  }

  /**
   * Returns a file in the store, with the digest that it turned out to have, from the first origin
   * that gives any.
   *
   * @throws FetchException if none does, or the store cannot be written
   */
  public FetchedSource fetch(String file, List<Origin> origins) {
    List<String> answers = new ArrayList<>();
    for (Origin origin : origins) {
      if (settings.offline() && origin.isRemote()) {
        answers.add(origin + " was not asked, as the build is offline (offline)");
        continue;
      }
      if (origin instanceof Origin.LocalFile local) {
        try (InputStream in = Files.newInputStream(local.path())) {
          return keep(file, origin, origin.toString(), in);
        } catch (IOException e) {
          answers.add(origin + ": " + Reasons.of(e));
        }
      }
      for (URI address : addresses(origin)) {
        try {
          return downloads.get(
              address, body -> keep(file, origin, Addresses.shown(address), body.stream()));
        } catch (OriginException e) {
          answers.add(Addresses.shown(address) + " answered: " + e.answer());
        }
      }
    }
    throw refused(Code.NO_ORIGIN, file, String.join("; ", answers));
  }

  private List<URI> addresses(Origin origin) {
    if (origin instanceof Origin.Https web) {
      return List.of(web.address());
    }
    return origin instanceof Origin.Debian debian ? mirrors.pool(debian) : List.of();
  }

  private FetchedSource keep(String file, Origin origin, String address, InputStream content)
      throws OriginException {
    Path temporary = null;
    try {
      Path folder = Files.createDirectories(store.cache().resolve("store").resolve("unpinned"));
      temporary = Files.createTempFile(folder, "", ".part");
      long size = copy(content, temporary);
      Digest digest = Digest.of(temporary);
      try (InputStream in = Files.newInputStream(temporary)) {
        Path path = store.add(digest, address, in);
        return new FetchedSource(new Source(file, digest, List.of(origin)), path, size, address);
      }
    } catch (OriginException e) {
      throw e;
    } catch (IOException e) {
      throw ContentStore.unwritable(store.cache(), e);
    } finally {
      delete(temporary);
    }
  }

  private long copy(InputStream content, Path target) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long total = 0;
    try (OutputStream out = Files.newOutputStream(target)) {
      for (int count = read(content, buffer); count >= 0; count = read(content, buffer)) {
        total += count;
        if (total > settings.maximumBytes()) {
          throw new OriginException(
              Code.TOO_LARGE, "larger than " + settings.maximumBytes() + " bytes", Next.GIVE_UP);
        }
        out.write(buffer, 0, count);
      }
    }
    return total;
  }

  private static int read(InputStream content, byte[] buffer) throws OriginException {
    try {
      return content.read(buffer);
    } catch (OriginException e) {
      throw e;
    } catch (IOException e) {
      throw new OriginException(
          Code.BROKEN_TRANSFER, "reading failed: " + Reasons.of(e), Next.TRY_AGAIN);
    }
  }

  private static void delete(@Nullable Path temporary) {
    try {
      if (temporary != null) {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      return; // it does no harm
    }
  }
}
