package io.github.prosodyoci.fetch;

import io.github.prosodyoci.fetch.OriginException.Next;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** GET over HTTP by the JDK's client: bounded in time, redirects and attempts. */
final class HttpDownloads {

  /** What is done with a body; it is read once for each attempt. */
  @FunctionalInterface
  interface Use<T> {
    /**
     * Reads a body.
     *
     * @param length what the server says, or -1
     */
    T read(InputStream body, long length) throws IOException;
  }

  private static final int MAXIMUM_REDIRECTS = 10;
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Set<Integer> PASSING = Set.of(408, 425, 429, 500, 502, 503, 504);
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

  private final FetchSettings settings;
  private final HttpClient client;
  // Hosts that could not be reached: asking again for each of twenty files would only cost time.
  private final Map<String, String> unreachable = new ConcurrentHashMap<>();

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
    String known = unreachable.get(host);
    if (known != null) {
      throw new OriginException(known, Next.GIVE_UP_HOST);
    }
    for (int attempt = 1; ; attempt++) {
      try {
        return getOnce(address, use);
      } catch (OriginException e) {
        if (e.next() == Next.GIVE_UP_HOST) {
          unreachable.putIfAbsent(host, e.answer());
        }
        if (e.next() != Next.TRY_AGAIN || attempt >= settings.attempts() || !pause(attempt, e)) {
          throw e;
        }
      }
    }
  }

  private <T> T getOnce(URI start, Use<T> use) throws OriginException {
    URI address = start;
    for (int hop = 0; hop <= MAXIMUM_REDIRECTS; hop++) {
      HttpResponse<InputStream> response = send(address);
      try (InputStream body = response.body()) {
        int status = response.statusCode();
        if (status == 200) {
          return use.read(body, response.headers().firstValueAsLong("content-length").orElse(-1));
        }
        if (!REDIRECTS.contains(status)) {
          throw refusal(response);
        }
        address = redirect(address, response);
      } catch (OriginException e) {
        throw e;
      } catch (IOException e) {
        throw new OriginException(Reasons.of(e), Next.TRY_AGAIN);
      }
    }
    throw new OriginException("redirected more than " + MAXIMUM_REDIRECTS + " times", Next.GIVE_UP);
  }

  private HttpResponse<InputStream> send(URI address) throws OriginException {
    HttpRequest request;
    try {
      request =
          HttpRequest.newBuilder(address)
              .timeout(settings.connectTimeout().plus(settings.silenceTimeout()))
              .header("User-Agent", "prosody-oci")
              .build();
    } catch (IllegalArgumentException e) {
      throw new OriginException("not an address to ask: " + e.getMessage(), Next.GIVE_UP);
    }
    try {
      return client.send(
          request, info -> new BodyStream(settings.silenceTimeout(), settings.minimumRate()));
    } catch (HttpConnectTimeoutException e) {
      throw new OriginException(
          "no connection within " + settings.connectTimeout().toMillis() / 1000.0 + " s",
          Next.GIVE_UP_HOST);
    } catch (HttpTimeoutException e) {
      throw new OriginException("no answer in time", Next.TRY_AGAIN);
    } catch (ConnectException e) {
      throw new OriginException(
          isUnresolved(e) ? "host not found" : "connection refused", Next.GIVE_UP_HOST);
    } catch (SSLException e) {
      throw new OriginException("TLS failed: " + Reasons.of(e), Next.GIVE_UP);
    } catch (IOException e) {
      throw new OriginException(Reasons.of(e), Next.TRY_AGAIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new OriginException("interrupted", Next.GIVE_UP);
    }
  }

  private static URI redirect(URI from, HttpResponse<?> response) throws OriginException {
    String location = response.headers().firstValue("location").orElse("");
    URI to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new OriginException("redirect refused: its target is no address", Next.GIVE_UP);
    }
    String scheme = String.valueOf(to.getScheme()).toLowerCase(Locale.ROOT);
    boolean asSecure =
        scheme.equals("https") || (scheme.equals("http") && from.getScheme().equals("http"));
    if (location.isEmpty() || !asSecure || to.getHost() == null || to.getRawUserInfo() != null) {
      throw new OriginException(
          "redirect refused: from " + from.getScheme() + " to '" + location + "'", Next.GIVE_UP);
    }
    return to;
  }

  private static OriginException refusal(HttpResponse<?> response) {
    int status = response.statusCode();
    Optional<Duration> wait =
        response
            .headers()
            .firstValue("retry-after")
            .filter(value -> SECONDS.matcher(value).matches())
            .map(value -> Duration.ofSeconds(Long.parseLong(value)));
    return new OriginException(
        status + phrase(status), PASSING.contains(status) ? Next.TRY_AGAIN : Next.GIVE_UP, wait);
  }

  private static String phrase(int status) {
    return switch (status) {
      case 401 -> " Unauthorized";
      case 403 -> " Forbidden";
      case 404 -> " Not Found";
      case 407 -> " Proxy Authentication Required";
      case 410 -> " Gone";
      case 429 -> " Too Many Requests";
      case 500 -> " Internal Server Error";
      case 502 -> " Bad Gateway";
      case 503 -> " Service Unavailable";
      case 504 -> " Gateway Timeout";
      default -> "";
    };
  }

  /** Waits before another attempt; says no if the origin asks for more patience than we have. */
  private boolean pause(int attempt, OriginException failure) {
    Duration asked = failure.waitFor().orElse(Duration.ZERO);
    if (asked.compareTo(LONGEST_WAIT) > 0) {
      return false;
    }
    long longest = settings.backoff().toMillis() << Math.min(attempt - 1, 10);
    try {
      Thread.sleep(asked.toMillis() + ThreadLocalRandom.current().nextLong(longest + 1));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
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
