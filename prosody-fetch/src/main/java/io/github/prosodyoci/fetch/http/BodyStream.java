package io.github.prosodyoci.fetch.http;

import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.fetch.FetchCode;
import io.github.prosodyoci.fetch.http.OriginException.Next;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A response's body as a stream whose reads end in bounded time: the JDK's own stream waits for the
 * next byte for ever. Every failure to read is an {@link OriginException}.
 */
final class BodyStream extends InputStream implements HttpResponse.BodySubscriber<InputStream> {

  private record Event(List<ByteBuffer> bytes, boolean end, @Nullable Throwable failure) {}

  private final Duration silence;
  private final long minimumRate;
  private final long deadline;
  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
  private List<ByteBuffer> buffers = List.of();
  private int nextBuffer;
  private boolean ended;
  private long windowStart = System.nanoTime();
  private long windowBytes;

  /**
   * Creates a stream.
   *
   * @param deadline when the transfer must be over, by {@link System#nanoTime}
   */
  BodyStream(HttpSettings.Timeouts timeouts, long deadline) {
    this.silence = timeouts.silence();
    this.minimumRate = timeouts.minimumRate();
    this.deadline = deadline;
  }

  @Override
  public CompletionStage<InputStream> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription newSubscription) {
    if (subscription.complete(newSubscription)) {
      newSubscription.request(1);
    } else {
      newSubscription.cancel();
    }
  }

  @Override
  public void onNext(List<ByteBuffer> bytes) {
    events.add(new Event(bytes, false, null));
  }

  @Override
  public void onError(Throwable failure) {
    events.add(new Event(List.of(), true, failure));
  }

  @Override
  public void onComplete() {
    events.add(new Event(List.of(), true, null));
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (true) {
      while (nextBuffer < buffers.size()) {
        ByteBuffer buffer = buffers.get(nextBuffer);
        if (buffer.hasRemaining()) {
          int count = Math.min(length, buffer.remaining());
          buffer.get(target, offset, count);
          checkRate(count);
          return count;
        }
        nextBuffer++;
      }
      if (ended) {
        return -1;
      }
      await();
    }
  }

  private void await() throws OriginException {
    Event event;
    try {
      event = events.poll(silence.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      close();
      throw FileFailures.interrupted("fetch", "a file", e);
    }
    if (event == null) {
      close();
      throw new OriginException(
          FetchCode.SILENT,
          "sent nothing for " + silence.toMillis() / 1000.0 + " s",
          Next.TRY_AGAIN);
    }
    if (event.failure() != null) {
      ended = true;
      throw new OriginException(
          FetchCode.BROKEN_TRANSFER,
          "the transfer broke off: " + Reasons.of(event.failure()),
          Next.TRY_AGAIN);
    }
    buffers = event.bytes();
    nextBuffer = 0;
    ended = event.end();
    if (!ended) {
      subscription.join().request(1);
    }
  }

  private void checkRate(int count) throws OriginException {
    windowBytes += count;
    long now = System.nanoTime();
    if (now - deadline > 0) {
      close();
      throw new OriginException(
          FetchCode.TOO_SLOW, "the transfer took longer than allowed", Next.GIVE_UP);
    }
    long elapsed = now - windowStart;
    if (elapsed < silence.toNanos()) {
      return;
    }
    double rate = windowBytes * 1e9 / elapsed;
    if (rate < minimumRate) {
      close();
      throw new OriginException(
          FetchCode.TOO_SLOW, "too slow: " + Math.round(rate) + " bytes per second", Next.GIVE_UP);
    }
    windowStart = now;
    windowBytes = 0;
  }

  /** Breaks the transfer off, if it is not at its end. */
  @Override
  public void close() {
    if (!ended) {
      ended = true;
      if (!subscription.completeExceptionally(new CancellationException())) {
        subscription.join().cancel();
      }
    }
  }
}
