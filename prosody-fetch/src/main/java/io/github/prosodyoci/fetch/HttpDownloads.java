package io.github.prosodyoci.fetch;

import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.fetch.FetchException.Code;
import io.github.prosodyoci.fetch.OriginException.Next;
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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLException;

/** GET over HTTP by the JDK's client: bounded in time, redirects and attempts. */
final class HttpDownloads {

  /**
   * A body, or the rest of one.
   *
   * @param stream its bytes
   * @param start how many bytes are before them; 0 unless a transfer is resumed
   * @param total how many bytes there are in all, or -1 if the server does not say
   */
  record Body(InputStream stream, long start, long total) {}

  /** What is done with a body; it is read once for each attempt. */
  @FunctionalInterface
  interface Use<T> {
    /** Reads a body. */
    T read(Body body) throws IOException;

    /** Returns how many bytes of the last attempt are kept, so that the next can go on there. */
    default long held() {
      return 0;
    }
  }

  private static final int MAXIMUM_REDIRECTS = 10;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
  // An attempt that brings as much is no failure: the next one goes on from there.
  private static final long PROGRESS = 1 << 20;
  private static final int PARTIAL = 206;
  private static final int RANGE_NOT_SATISFIABLE = 416;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Set<Integer> PASSING = Set.of(408, 425, 429, 500, 502, 503, 504);

  private final FetchSettings settings;
  private final HttpClient client;
  // Hosts that could not be reached: asking again for each of twenty files would only cost time.
  private final Map<String, OriginException> unreachable = new ConcurrentHashMap<>();

  HttpDownloads(FetchSettings settings) {
    this.settings = settings;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.connectTimeout());
    settings.proxies().ifPresent(builder::proxy);
    this.client = builder.build();
  }

  /**
   * Returns what {@code use} makes of the body found at an address.
   *
   * @throws OriginException if the address does not give a body, or {@code use} throws it
   */
  <T> T get(URI address, Use<T> use) throws OriginException {
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
        } else if (attempt >= settings.attempts()) {
          throw e;
        }
        pause(Math.max(attempt, 1), e);
      }
    }
  }

  /** All the attempts to get one file from one address. */
  private final class Transfer<T> {
    private final URI start;
    private final Use<T> use;
    private final long deadline = System.nanoTime() + settings.maximumTime().toNanos();
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
        if (e.code() != Code.RANGE && e.code() != Code.DIGEST_MISMATCH) {
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
                Code.RANGE, "416 to a request for what follows byte " + held, Next.TRY_AGAIN);
          }
          if (!REDIRECTS.contains(status)) {
            throw refusal(response);
          }
          address = redirect(address, response);
        } catch (OriginException e) {
          throw e;
        } catch (IllegalArgumentException e) {
          // a length that is no number
          throw new OriginException(Code.HTTP_SYNTAX, Reasons.of(e), Next.GIVE_UP);
        } catch (IOException e) {
          throw new OriginException(Code.BROKEN_TRANSFER, Reasons.of(e), Next.TRY_AGAIN);
        }
      }
      throw new OriginException(
          Code.REDIRECT, "redirected more than " + MAXIMUM_REDIRECTS + " times", Next.GIVE_UP);
    }

    private HttpResponse<InputStream> send(URI address, long held) throws OriginException {
      HttpRequest request = request(address, held);
      try {
        return client.send(
            request,
            info -> new BodyStream(settings.silenceTimeout(), settings.minimumRate(), deadline));
      } catch (HttpConnectTimeoutException e) {
        throw new OriginException(
            Code.UNREACHABLE,
            "no connection within " + settings.connectTimeout().toMillis() / 1000.0 + " s",
            Next.GIVE_UP_HOST);
      } catch (HttpTimeoutException e) {
        throw new OriginException(Code.SILENT, "no answer in time", Next.TRY_AGAIN);
      } catch (ConnectException e) {
        throw new OriginException(
            Code.UNREACHABLE,
            isUnresolved(e) ? "host not found" : "connection refused",
            Next.GIVE_UP_HOST);
      } catch (SSLException e) {
        throw new OriginException(Code.TLS, "TLS failed: " + Reasons.of(e), Next.GIVE_UP);
      } catch (ProtocolException e) {
        throw new OriginException(Code.HTTP_SYNTAX, "no HTTP: " + Reasons.of(e), Next.GIVE_UP);
      } catch (IOException e) {
        throw new OriginException(Code.BROKEN_TRANSFER, Reasons.of(e), Next.TRY_AGAIN);
      } catch (IllegalArgumentException | IllegalStateException e) {
        // The client's own answer to headers that make no sense, such as a length that is none.
        throw new OriginException(Code.HTTP_SYNTAX, "no HTTP: " + Reasons.of(e), Next.GIVE_UP);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new OriginException(Code.INTERRUPTED, "interrupted", Next.GIVE_UP);
      }
    }

    private HttpRequest request(URI address, long held) throws OriginException {
      try {
        HttpRequest.Builder request =
            HttpRequest.newBuilder(address)
                .timeout(settings.connectTimeout().plus(settings.silenceTimeout()))
                .header("User-Agent", "prosody-oci");
        if (held > 0) {
          resumption.ask(request, held);
        }
        if (mayKnowUs(address)) {
          settings
              .credentials()
              .server(address)
              .ifPresent(login -> request.header("Authorization", login.header()));
        }
        // Never leaves for the server: the client keeps it to a tunnel, if there is one.
        settings
            .credentials()
            .proxy(address)
            .ifPresent(login -> request.header("Proxy-Authorization", login.header()));
        return request.build();
      } catch (IllegalArgumentException e) {
        throw new OriginException(
            Code.REDIRECT, "not an address to ask: " + Addresses.shown(address), Next.GIVE_UP);
      }
    }

    /** Credentials go to the very server that was asked for, and nowhere in the clear. */
    private boolean mayKnowUs(URI address) {
      return start.getRawAuthority().equals(address.getRawAuthority())
          && start.getScheme().equals(address.getScheme())
          && (address.getScheme().equals("https")
              || Origin.Https.LOOPBACK.contains(address.getHost()));
    }
  }

  private static URI redirect(URI from, HttpResponse<?> response) throws OriginException {
    String location = response.headers().firstValue("location").orElse("");
    URI to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new OriginException(
          Code.REDIRECT, "redirect refused: its target is no address", Next.GIVE_UP);
    }
    String scheme = String.valueOf(to.getScheme());
    boolean asSecure =
        scheme.equals("https") || (scheme.equals("http") && from.getScheme().equals("http"));
    if (location.isEmpty() || !asSecure || to.getHost() == null || to.getRawUserInfo() != null) {
      throw new OriginException(
          Code.REDIRECT,
          "redirect refused: from " + from.getScheme() + " to '" + Addresses.shown(location) + "'",
          Next.GIVE_UP);
    }
    return to;
  }

  private static OriginException refusal(HttpResponse<?> response) {
    int status = response.statusCode();
    Optional<Duration> wait = RetryAfter.of(response.headers());
    if (!PASSING.contains(status)) {
      return new OriginException(code(status), status + phrase(status), Next.GIVE_UP);
    }
    if (wait.isPresent() && wait.get().compareTo(LONGEST_WAIT) > 0) {
      return new OriginException(
          Code.HTTP_STATUS,
          status
              + phrase(status)
              + ", to be asked again only after "
              + wait.get().toSeconds()
              + " s",
          Next.GIVE_UP);
    }
    return new OriginException(Code.HTTP_STATUS, status + phrase(status), Next.TRY_AGAIN, wait);
  }

  private static Code code(int status) {
    return switch (status) {
      case 401, 403 -> Code.UNAUTHORIZED;
      case 404, 410 -> Code.NOT_FOUND;
      case 407 -> Code.PROXY_AUTH;
      default -> Code.HTTP_STATUS;
    };
  }

  private static String phrase(int status) {
    return switch (status) {
      case 206 -> " Partial Content, which was not asked for";
      case 304 -> " Not Modified, which was not asked for";
      case 401 -> " Unauthorized";
      case 403 -> " Forbidden";
      case 404 -> " Not Found";
      case 407 -> " Proxy Authentication Required";
      case 410 -> " Gone";
      case 429 -> " Too Many Requests";
      case 500 -> " Internal Server Error";
      case 501 -> " Not Implemented";
      case 502 -> " Bad Gateway";
      case 503 -> " Service Unavailable";
      case 504 -> " Gateway Timeout";
      default -> "";
    };
  }

  /** Waits before another attempt: what the server asks for, and "full jitter" above that. */
  private void pause(int attempt, OriginException failure) throws OriginException {
    Duration asked = failure.waitFor().orElse(Duration.ZERO);
    long longest = settings.backoff().toMillis() << Math.min(attempt - 1, 10);
    try {
      Thread.sleep(asked.toMillis() + ThreadLocalRandom.current().nextLong(longest + 1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OriginException(Code.INTERRUPTED, "interrupted", Next.GIVE_UP);
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
