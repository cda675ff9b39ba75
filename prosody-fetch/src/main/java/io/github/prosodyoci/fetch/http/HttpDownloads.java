package io.github.prosodyoci.fetch.http;

import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.fetch.FetchCode;
import io.github.prosodyoci.fetch.http.OriginException.Next;
import io.github.prosodyoci.recipe.Origin;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** GET over HTTP with the JDK's client; time, redirects and attempts are bounded. */
public final class HttpDownloads {

  /**
   * A body, or the rest of one.
   *
   * @param stream its bytes
   * @param start how many bytes are before them; 0 unless a transfer is resumed
   * @param total how many bytes there are in all, or -1 if the server does not say
   */
  public record Body(InputStream stream, long start, long total) {}

  /** What to do with a body; it is read once for each attempt. */
  @FunctionalInterface
  public interface Use<T> {
    /**
     * Reads a body.
     *
     * @throws OriginException if it is not the file that was wanted
     * @throws IOException if it breaks off
     */
    T read(Body body) throws IOException;

    /** Returns how many bytes of the last attempt are kept, so that the next can go on there. */
    default long held() {
      return 0;
    }
  }

  private static final int MAXIMUM_REDIRECTS = 10;
  // An attempt that brings this much does not count as failed: the next one goes on from there.
  private static final long PROGRESS = 1 << 20;
  private static final int PARTIAL = 206;
  private static final int RANGE_NOT_SATISFIABLE = 416;

  private final HttpSettings settings;
  // Made when it is first needed: loading TLS takes longer than all else in a build that finds
  // everything in the store.
  private @Nullable HttpClient client;
  // Hosts that could not be reached are not asked again for each further file.
  private final Map<String, OriginException> unreachable = new ConcurrentHashMap<>();

  /** Creates a client. */
  public HttpDownloads(HttpSettings settings) {
    this.settings = settings;
  }

  private synchronized HttpClient client() {
    if (client == null) {
      HttpClient.Builder builder =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .followRedirects(HttpClient.Redirect.NEVER)
              .connectTimeout(settings.timeouts().connect());
      settings.proxies().ifPresent(builder::proxy);
      client = builder.build();
    }
    return client;
  }

  /**
   * Returns what {@code use} makes of the body found at an address.
   *
   * @throws OriginException if the address does not give a body, or {@code use} throws it
   * @throws io.github.prosodyoci.core.FailureException with {@link
   *     io.github.prosodyoci.core.CommonCode#INTERRUPTED} if the thread is interrupted
   */
  public <T> T get(URI address, Use<T> use) throws OriginException {
    String host = address.getScheme() + "://" + address.getRawAuthority();
    OriginException known = unreachable.get(host);
    if (known != null) {
      throw new OriginException(known.code(), String.valueOf(known.getMessage()), known.next());
    }
    Transfer<T> transfer = new Transfer<>(address, use);
    for (int attempt = 1; ; attempt++) {
      long before = use.held();
      try {
        return transfer.attempt();
      } catch (OriginException e) {
        if (e.next() == Next.GIVE_UP_HOST) {
          unreachable.putIfAbsent(host, e);
        }
        if (e.next() != Next.TRY_AGAIN || transfer.isOver()) {
          throw e;
        }
        if (use.held() - before >= PROGRESS) {
          attempt = 0;
        } else if (attempt >= settings.retries().attempts()) {
          throw e;
        }
        pause(address, Math.max(attempt, 1), e);
      }
    }
  }

  /** All the attempts to get one file from one address. */
  private final class Transfer<T> {
    private final URI start;
    private final Use<T> use;
    private final long deadline = System.nanoTime() + settings.timeouts().total().toNanos();
    private final Resumption resumption = new Resumption();

    Transfer(URI start, Use<T> use) {
      this.start = start;
      this.use = use;
    }

    boolean isOver() {
      return System.nanoTime() - deadline > 0;
    }

    T attempt() throws OriginException {
      if (!resumption.isPossible(use.held())) {
        return follow(0);
      }
      try {
        return follow(use.held());
      } catch (OriginException e) {
        if (e.code() != FetchCode.RANGE && e.code() != FetchCode.DIGEST_MISMATCH) {
          throw e;
        }
        // The pieces did not belong together; the whole file may still be right.
        resumption.giveUp();
        return follow(0);
      }
    }

    private T follow(long held) throws OriginException {
      URI address = start;
      for (int hop = 0; hop <= MAXIMUM_REDIRECTS; hop++) {
        HttpResponse<InputStream> response = send(address, held);
        try (InputStream stream = response.body()) {
          int status = response.statusCode();
          if (status == 200) {
            long total = response.headers().firstValueAsLong("content-length").orElse(-1);
            resumption.whole(response.headers(), total);
            return use.read(new Body(stream, 0, total));
          }
          if (status == PARTIAL && held > 0) {
            return use.read(new Body(stream, held, resumption.part(response.headers(), held)));
          }
          if (status == RANGE_NOT_SATISFIABLE && held > 0) {
            throw new OriginException(
                FetchCode.RANGE, "416 to a request for what follows byte " + held, Next.TRY_AGAIN);
          }
          if (!HttpAnswers.isRedirect(status)) {
            throw HttpAnswers.refusal(response);
          }
          address = HttpAnswers.redirect(address, response);
        } catch (OriginException e) {
          throw e;
        } catch (IllegalArgumentException e) {
          // a length that is not a number
          throw new OriginException(FetchCode.HTTP_SYNTAX, Reasons.of(e), Next.GIVE_UP);
        } catch (IOException e) {
          throw new OriginException(FetchCode.BROKEN_TRANSFER, Reasons.of(e), Next.TRY_AGAIN);
        }
      }
      throw new OriginException(
          FetchCode.REDIRECT, "redirected more than " + MAXIMUM_REDIRECTS + " times", Next.GIVE_UP);
    }

    private HttpResponse<InputStream> send(URI address, long held) throws OriginException {
      HttpRequest request = request(address, held);
      try {
        return client().send(request, info -> new BodyStream(settings.timeouts(), deadline));
      } catch (HttpConnectTimeoutException e) {
        throw new OriginException(
            FetchCode.UNREACHABLE,
            "no connection within " + settings.timeouts().connect().toMillis() / 1000.0 + " s",
            Next.GIVE_UP_HOST);
      } catch (HttpTimeoutException e) {
        throw new OriginException(FetchCode.SILENT, "no answer in time", Next.TRY_AGAIN);
      } catch (ConnectException e) {
        throw new OriginException(
            FetchCode.UNREACHABLE,
            isUnresolved(e) ? "host not found" : "connection refused",
            Next.GIVE_UP_HOST);
      } catch (SSLException e) {
        throw new OriginException(FetchCode.TLS, "TLS failed: " + Reasons.of(e), Next.GIVE_UP);
      } catch (ProtocolException e) {
        throw new OriginException(
            FetchCode.HTTP_SYNTAX, "not HTTP: " + Reasons.of(e), Next.GIVE_UP);
      } catch (IOException e) {
        throw new OriginException(FetchCode.BROKEN_TRANSFER, Reasons.of(e), Next.TRY_AGAIN);
      } catch (IllegalArgumentException | IllegalStateException e) {
        // The client's own answer to malformed headers, such as a length that is not a number.
        throw new OriginException(
            FetchCode.HTTP_SYNTAX, "not HTTP: " + Reasons.of(e), Next.GIVE_UP);
      } catch (InterruptedException e) {
        throw FileFailures.interrupted("fetch", Addresses.shown(start), e);
      }
    }

    private HttpRequest request(URI address, long held) throws OriginException {
      try {
        HttpRequest.Builder request =
            HttpRequest.newBuilder(address)
                .timeout(settings.timeouts().connect().plus(settings.timeouts().silence()))
                .header("User-Agent", "prosody-oci");
        if (held > 0) {
          resumption.ask(request, held);
        }
        if (mayLogIn(address)) {
          settings
              .credentials()
              .server(address)
              .ifPresent(login -> request.header("Authorization", login.header()));
        }
        // The client sends it to the proxy of a tunnel alone, never to the server.
        settings
            .credentials()
            .proxy(address)
            .ifPresent(login -> request.header("Proxy-Authorization", login.header()));
        return request.build();
      } catch (IllegalArgumentException e) {
        throw new OriginException(
            FetchCode.REDIRECT, "not an HTTP address: " + Addresses.shown(address), Next.GIVE_UP);
      }
    }

    /** Credentials go to the server of the original address alone, and never in the clear. */
    private boolean mayLogIn(URI address) {
      return start.getRawAuthority().equals(address.getRawAuthority())
          && start.getScheme().equals(address.getScheme())
          && (address.getScheme().equals("https")
              || Origin.Https.LOOPBACK.contains(address.getHost()));
    }
  }

  /** Waits before another attempt: what the server asks for, and "full jitter" above that. */
  private void pause(URI address, int attempt, OriginException failure) {
    Duration asked = failure.waitFor().orElse(Duration.ZERO);
    long longest = settings.retries().backoff().toMillis() << Math.min(attempt - 1, 10);
    try {
      Thread.sleep(asked.toMillis() + ThreadLocalRandom.current().nextLong(longest + 1));
    } catch (InterruptedException e) {
      throw FileFailures.interrupted("fetch", Addresses.shown(address), e);
    }
  }

  private static boolean isUnresolved(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return true;
      }
    }
    return false;
  }
}
