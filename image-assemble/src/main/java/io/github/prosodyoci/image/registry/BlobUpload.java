package io.github.prosodyoci.image.registry;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The upload of one blob (distribution-spec, "Pushing blobs"): in one request if it is small, in
 * chunks if it is large. If a request breaks, the registry is asked how far it got, and the upload
 * goes on from there; if the registry does not know, it starts again.
 */
final class BlobUpload {

  /** How often an upload may break without getting any further. */
  private static final int ATTEMPTS = 5;

  /** The slowest upload that is waited for, in bytes a second. */
  private static final long SLOWEST = 16 << 10;

  private static final Duration LEAST_TIME = Duration.ofSeconds(60);

  /** The upload is unknown, or not as far as was thought. */
  private static final Set<Integer> LOST = Set.of(404, 416);

  private static final Pattern RANGE = Pattern.compile("(?:bytes=)?0-([0-9]{1,18})");

  private final RegistryConnection connection;
  private final URI start;
  private final Digest digest;
  private final long size;
  private final ImageRepository.Content content;
  private final long chunk;

  /** Where the registry wants the rest, and from which byte on. */
  private record Place(URI location, long offset) {}

  /**
   * Creates an upload.
   *
   * @param start the address that uploads are started at
   * @param chunk how many bytes one request carries, at most
   */
  BlobUpload(
      RegistryConnection connection,
      URI start,
      Digest digest,
      long size,
      ImageRepository.Content content,
      long chunk) {
    this.connection = connection;
    this.start = start;
    this.digest = digest;
    this.size = size;
    this.content = content;
    this.chunk = chunk;
  }

  /**
   * Sends the blob.
   *
   * @param first where the registry wants it
   * @throws RegistryException if the registry refuses it, or stores something else
   * @throws IOException if the registry does not answer, or the content cannot be read
   */
  void send(URI first) throws IOException {
    Place place = new Place(first, 0);
    int failures = 0;
    try (BlobReader reader = new BlobReader(content)) {
      while (true) {
        boolean last = size - place.offset() <= chunk;
        Try sent = attempt(request(place, last, reader));
        if (sent.answer() != null && sent.answer().status() == (last ? 201 : 202)) {
          if (last) {
            ImageRepository.requireDigest(sent.answer(), digest);
            return;
          }
          place = next(sent.answer(), place.offset() + chunk);
          failures = 0;
        } else {
          failures++;
          sent.failIfFinal(failures);
          reader.reset();
          connection.pause(sent.answer() == null ? null : sent.answer().headers(), failures);
          Place known = progress(place);
          failures = known.offset() > place.offset() ? 0 : failures;
          place = known;
        }
      }
    }
  }

  /** What came of one request: an answer, or a broken connection. */
  private record Try(@Nullable RegistryResponse answer, @Nullable IOException broken) {

    void failIfFinal(int failures) throws IOException {
      if (broken != null && failures == ATTEMPTS) {
        throw broken;
      }
      if (answer != null
          && (failures == ATTEMPTS
              || !(RegistryHttp.isBusy(answer.status()) || LOST.contains(answer.status())))) {
        throw RegistryException.unexpected(answer);
      }
    }
  }

  private Try attempt(RegistryRequest request) throws IOException {
    try {
      return new Try(connection.send(request), null);
    } catch (SSLException | ConnectException | RegistryException e) {
      // Trying again does not help.
      throw e;
    } catch (HttpTimeoutException e) {
      return new Try(null, e);
    } catch (InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof FailureException damaged) {
          throw damaged;
        }
      }
      return new Try(null, e);
    }
  }

  private RegistryRequest request(Place place, boolean last, BlobReader reader) {
    long length = last ? size - place.offset() : chunk;
    Map<String, String> headers = new TreeMap<>(Map.of("Content-Type", "application/octet-stream"));
    if (!last || place.offset() > 0) {
      headers.put("Content-Range", place.offset() + "-" + (place.offset() + length - 1));
    }
    String address = place.location().toString();
    return new RegistryRequest(
        last ? "PUT" : "PATCH",
        last
            ? URI.create(address + (address.indexOf('?') < 0 ? "?" : "&") + "digest=" + digest)
            : place.location(),
        headers,
        () -> length == 0 ? BodyPublishers.noBody() : reader.publisher(place.offset(), length),
        LEAST_TIME.plusSeconds(length / SLOWEST),
        false);
  }

  /** Returns where the next chunk goes; the registry may have kept less than was sent. */
  private Place next(RegistryResponse answer, long sent) throws RegistryException {
    long kept = kept(answer).orElse(sent);
    if (kept > sent) {
      throw RegistryException.protocol(
          answer.request() + " was answered with more bytes than were sent: " + kept);
    }
    return new Place(connection.location(answer), kept);
  }

  private static OptionalLong kept(RegistryResponse answer) {
    Matcher range = RANGE.matcher(answer.headers().firstValue("Range").orElse(""));
    if (!range.matches()) {
      return OptionalLong.empty();
    }
    // Registries write 0-0 for nothing too.
    long end = Long.parseLong(range.group(1));
    return OptionalLong.of(end == 0 ? 0 : end + 1);
  }

  /** Returns where a broken upload goes on: where the registry says, or at the start of another. */
  private Place progress(Place before) throws IOException {
    RegistryResponse answer =
        connection.send(RegistryRequest.of("GET", before.location(), Map.of()));
    OptionalLong kept = kept(answer);
    if (answer.status() == 204 && kept.isPresent() && kept.getAsLong() < size) {
      URI location =
          answer.headers().firstValue("Location").isPresent()
              ? connection.location(answer)
              : before.location();
      return new Place(location, kept.getAsLong());
    }
    RegistryResponse started = connection.send(RegistryRequest.of("POST", start, Map.of()));
    if (started.status() != 202) {
      throw RegistryException.unexpected(started);
    }
    return new Place(connection.location(started), 0);
  }
}
