package io.github.prosodyoci.fetch.unpinned;

import io.github.prosodyoci.core.AtomicFiles;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.fetch.FetchCode;
import io.github.prosodyoci.fetch.FetchSettings;
import io.github.prosodyoci.fetch.Progress;
import io.github.prosodyoci.fetch.http.Addresses;
import io.github.prosodyoci.fetch.http.HttpDownloads;
import io.github.prosodyoci.fetch.http.OriginException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Fetches documents that change, such as an {@code InRelease}. They are not to be trusted before
 * they are verified. The last acceptable copy is kept, for builds without a network.
 */
public final class Documents {

  /**
   * A document.
   *
   * @param bytes its content
   * @param address where it came from
   * @param remembered whether it is the copy kept by an earlier build
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier; nobody compares documents
  public record Document(byte[] bytes, String address, boolean remembered) {}

  /** Decides whether a document is acceptable: one on a mirror may be stale or damaged. */
  @FunctionalInterface
  public interface Acceptance {
    /** Accepts every document. */
    Acceptance ANY = document -> Optional.empty();

    /** Returns why a document is refused, in words; empty if it is accepted. */
    Optional<String> refusal(byte[] document);
  }

  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]*(/[A-Za-z0-9][A-Za-z0-9._+-]*)*");

  private final Path folder;
  private final FetchSettings settings;
  private final Progress progress;
  private final HttpDownloads downloads;

  /**
   * Creates a reader of documents.
   *
   * @param cache the cache folder, such as {@code ~/.cache/prosody-oci}
   */
  public Documents(Path cache, FetchSettings settings, Progress progress) {
    this.folder = cache.resolve("documents");
    this.settings = settings;
    this.progress = progress;
    this.downloads = new HttpDownloads(settings.http());
  }

  /**
   * Returns a document from the first address that gives an acceptable one. If none does, or there
   * is no network, it is the copy kept from last time, with a warning.
   *
   * @param name a path to keep it under, such as {@code debian/trixie/InRelease}
   * @param addresses where to look for it, in this order
   * @param maximumBytes how large it may be
   * @throws FailureException with {@link FetchCode#REFUSED} or {@link FetchCode#OFFLINE} and each
   *     answer, if there is no acceptable document
   */
  public Document fetch(String name, List<URI> addresses, int maximumBytes, Acceptance acceptance) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("Not a name for a document: " + name);
    }
    List<String> answers = new ArrayList<>();
    if (settings.offline()) {
      answers.add("no address was asked, as the build is offline");
    } else {
      for (URI address : addresses) {
        Optional<Document> document = ask(name, address, maximumBytes, acceptance, answers);
        if (document.isPresent()) {
          return document.get();
        }
      }
    }
    Optional<Document> remembered = remembered(name, acceptance, answers);
    if (remembered.isEmpty()) {
      throw Failure.of(
              settings.offline() ? FetchCode.OFFLINE : FetchCode.REFUSED,
              "fetch",
              name,
              String.join("; ", answers))
          .toException();
    }
    if (!settings.offline()) {
      progress.warning("Using the kept copy of " + name + ": " + String.join("; ", answers));
    }
    return remembered.get();
  }

  private Optional<Document> ask(
      String name, URI address, int maximumBytes, Acceptance acceptance, List<String> answers) {
    byte[] bytes;
    try {
      bytes = downloads.get(address, body -> body.stream().readNBytes(maximumBytes + 1));
    } catch (OriginException e) {
      answers.add(Addresses.shown(address) + " answered: " + e.answer());
      return Optional.empty();
    }
    Optional<String> refusal =
        bytes.length > maximumBytes
            ? Optional.of("larger than " + maximumBytes + " bytes")
            : acceptance.refusal(bytes);
    if (refusal.isPresent()) {
      answers.add(Addresses.shown(address) + " gave an unacceptable one: " + refusal.get());
      progress.warning(
          name + " from " + Addresses.shown(address) + " was skipped: " + refusal.get());
      return Optional.empty();
    }
    Path copy = folder.resolve(name);
    try {
      AtomicFiles.write(copy, out -> out.write(bytes));
    } catch (IOException e) {
      if (FileFailures.isInterrupt(e)) {
        throw FileFailures.interrupted("fetch", name, e);
      }
      // The document itself is fine, so a cache that cannot be written need not stop the build.
      progress.warning(
          name + " could not be kept for builds without a network: " + copy + ": " + Reasons.of(e));
    }
    return Optional.of(new Document(bytes, Addresses.shown(address), false));
  }

  private Optional<Document> remembered(String name, Acceptance acceptance, List<String> answers) {
    Path copy = folder.resolve(name);
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(copy);
    } catch (NoSuchFileException e) {
      answers.add("no copy is kept from last time");
      return Optional.empty();
    } catch (IOException e) {
      if (FileFailures.isInterrupt(e)) {
        throw FileFailures.interrupted("fetch", name, e);
      }
      answers.add("the kept copy " + copy + " cannot be read: " + Reasons.of(e));
      return Optional.empty();
    }
    Optional<String> refusal = acceptance.refusal(bytes);
    if (refusal.isPresent()) {
      answers.add("the copy kept from last time is unacceptable: " + refusal.get());
      return Optional.empty();
    }
    return Optional.of(new Document(bytes, "the copy kept from last time", true));
  }
}
