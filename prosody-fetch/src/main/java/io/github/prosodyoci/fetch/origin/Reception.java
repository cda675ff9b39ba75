package io.github.prosodyoci.fetch.origin;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.fetch.FetchCode;
import io.github.prosodyoci.fetch.http.HttpDownloads.Body;
import io.github.prosodyoci.fetch.http.HttpDownloads.Use;
import io.github.prosodyoci.fetch.http.OriginException;
import io.github.prosodyoci.fetch.http.OriginException.Next;
import io.github.prosodyoci.fetch.store.Incoming;
import io.github.prosodyoci.fetch.store.Stored;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Receives a file from one address into the store, in one piece or several. */
final class Reception implements Use<Stored>, AutoCloseable {

  private final String address;
  private final Incoming incoming;
  private final Optional<Digest> expected;
  private final long maximumBytes;
  private final Origins.Listener listener;

  Reception(
      String address,
      Incoming incoming,
      Optional<Digest> expected,
      long maximumBytes,
      Origins.Listener listener) {
    this.address = address;
    this.incoming = incoming;
    this.expected = expected;
    this.maximumBytes = maximumBytes;
    this.listener = listener;
  }

  @Override
  public long held() {
    return incoming.size();
  }

  @Override
  public Stored read(Body body) throws OriginException {
    if (body.start() == 0) {
      incoming.restart();
    }
    if (body.total() > maximumBytes) {
      throw tooLarge(body.total() + " bytes are more than the limit of " + maximumBytes);
    }
    byte[] buffer = new byte[1 << 16];
    for (int n = next(body.stream(), buffer); n >= 0; n = next(body.stream(), buffer)) {
      if (incoming.size() + n > maximumBytes) {
        throw tooLarge("larger than " + maximumBytes + " bytes");
      }
      incoming.write(buffer, n);
      listener.received(incoming.size(), body.total());
    }
    if (expected.isPresent() && !incoming.digest().equals(expected.get())) {
      throw new OriginException(
          FetchCode.DIGEST_MISMATCH,
          "digest mismatch: expected "
              + expected.get()
              + ", found "
              + incoming.digest()
              + " in "
              + incoming.size()
              + " bytes",
          Next.WRONG_CONTENT);
    }
    return incoming.commit(address);
  }

  private static OriginException tooLarge(String answer) {
    return new OriginException(FetchCode.TOO_LARGE, answer, Next.WRONG_CONTENT);
  }

  private static int next(InputStream content, byte[] buffer) throws OriginException {
    try {
      return content.read(buffer);
    } catch (OriginException e) {
      throw e;
    } catch (IOException e) {
      if (FileFailures.isInterrupt(e)) {
        throw FileFailures.interrupted("read", "a file", e);
      }
      throw new OriginException(
          FetchCode.BROKEN_TRANSFER, "reading failed: " + Reasons.of(e), Next.TRY_AGAIN);
    }
  }

  @Override
  public void close() {
    incoming.close();
  }
}
