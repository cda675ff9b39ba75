package io.github.prosodyoci.fetch.origin;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.fetch.FetchCode;
import io.github.prosodyoci.fetch.debian.DebianMirrors;
import io.github.prosodyoci.fetch.http.Addresses;
import io.github.prosodyoci.fetch.http.HttpDownloads;
import io.github.prosodyoci.fetch.http.OriginException;
import io.github.prosodyoci.fetch.http.OriginException.Next;
import io.github.prosodyoci.fetch.store.ContentStore;
import io.github.prosodyoci.fetch.store.Incoming;
import io.github.prosodyoci.fetch.store.Stored;
import io.github.prosodyoci.recipe.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Asks origins for a file, and receives it into the store. */
public final class Origins {

  /** Receives the progress of a download. */
  @FunctionalInterface
  public interface Listener {
    /**
     * More of the file was received.
     *
     * @param received bytes so far from this address
     * @param total bytes in all, or -1 if the address does not say
     */
    void received(long received, long total);
  }

  private final ContentStore store;
  private final boolean offline;
  private final long maximumBytes;
  private final HttpDownloads downloads;
  private final DebianMirrors mirrors;
  private final MavenArtifacts artifacts;

  /**
   * Creates it.
   *
   * @param offline whether to ask no origin on the network
   * @param maximumBytes the largest size of a file
   */
  public Origins(
      ContentStore store,
      boolean offline,
      long maximumBytes,
      HttpDownloads downloads,
      DebianMirrors mirrors,
      MavenArtifacts artifacts) {
    this.store = store;
    this.offline = offline;
    this.maximumBytes = maximumBytes;
    this.downloads = downloads;
    this.mirrors = mirrors;
    this.artifacts = artifacts;
  }

  /**
   * Receives a file from an origin.
   *
   * @param expected the digest that it must have, whose lock is held; empty for any
   * @param answers receives the answer of each address that does not give it
   * @return the stored file, or empty if the origin does not give it
   * @throws io.github.prosodyoci.core.FailureException if the store cannot be written, or the
   *     thread is interrupted
   */
  public Optional<Stored> receive(
      Origin origin, Optional<Digest> expected, Listener listener, List<Answer> answers) {
    if (offline && origin.isRemote()) {
      answers.add(
          new Answer(
              origin.toString(),
              new OriginException(
                  FetchCode.OFFLINE, "not asked, as the build is offline", Next.GIVE_UP)));
      return Optional.empty();
    }
    Supplier<Incoming> incoming = () -> expected.map(store::incoming).orElseGet(store::incoming);
    for (URI address : addresses(origin)) {
      String shown = Addresses.shown(address);
      try (Reception reception =
          new Reception(shown, incoming.get(), expected, maximumBytes, listener)) {
        return Optional.of(downloads.get(address, reception));
      } catch (OriginException e) {
        answers.add(new Answer(shown, e));
      }
    }
    if (origin instanceof Origin.LocalFile || origin instanceof Origin.Maven) {
      try (Reception reception =
          new Reception(origin.toString(), incoming.get(), expected, maximumBytes, listener)) {
        return Optional.of(read(file(origin), reception));
      } catch (OriginException e) {
        answers.add(new Answer(origin.toString(), e));
      }
    }
    return Optional.empty();
  }

  private List<URI> addresses(Origin origin) {
    if (origin instanceof Origin.Https web) {
      return List.of(web.address());
    }
    if (origin instanceof Origin.Debian file) {
      return mirrors.pool(file);
    }
    return origin instanceof Origin.DebianIndex file ? mirrors.dists(file) : List.of();
  }

  private Path file(Origin origin) throws OriginException {
    if (origin instanceof Origin.LocalFile local) {
      return local.path();
    }
    try {
      return artifacts.resolve((Origin.Maven) origin);
    } catch (IOException e) {
      throw new OriginException(FetchCode.NOT_FOUND, Reasons.of(e), Next.GIVE_UP);
    }
  }

  private static Stored read(Path file, Reception reception) throws OriginException {
    try (InputStream in = Files.newInputStream(file)) {
      return reception.read(new HttpDownloads.Body(in, 0, Files.size(file)));
    } catch (OriginException e) {
      throw e;
    } catch (NoSuchFileException e) {
      throw new OriginException(FetchCode.NOT_FOUND, "there is no file " + file, Next.GIVE_UP);
    } catch (IOException e) {
      if (FileFailures.isInterrupt(e)) {
        throw FileFailures.interrupted("read", file.toString(), e);
      }
      throw new OriginException(
          FetchCode.UNREADABLE, "could not read " + file + ": " + Reasons.of(e), Next.GIVE_UP);
    }
  }
}
