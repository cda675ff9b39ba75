package io.github.prosodyoci.fetch.http;

import io.github.prosodyoci.fetch.FetchCode;
import io.github.prosodyoci.fetch.http.OriginException.Next;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** The meaning of answers without the file (RFC 9110, section 15). */
final class HttpAnswers {

  private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Set<Integer> PASSING = Set.of(408, 425, 429, 500, 502, 503, 504);

  private HttpAnswers() {}

  /** Returns whether a status leads to another address. */
  static boolean isRedirect(int status) {
    return REDIRECTS.contains(status);
  }

  /** Returns where a redirect leads, if it may be followed. */
  static URI redirect(URI from, HttpResponse<?> response) throws OriginException {
    String location = response.headers().firstValue("location").orElse("");
    URI to;
    try {
      to = from.resolve(location);
    } catch (IllegalArgumentException e) {
      throw new OriginException(
          FetchCode.REDIRECT, "redirect refused: its target is not an address", Next.GIVE_UP);
    }
    String scheme = String.valueOf(to.getScheme());
    boolean asSecure =
        scheme.equals("https") || (scheme.equals("http") && from.getScheme().equals("http"));
    if (location.isEmpty() || !asSecure || to.getHost() == null || to.getRawUserInfo() != null) {
      throw new OriginException(
          FetchCode.REDIRECT,
          "redirect refused: from " + from.getScheme() + " to '" + Addresses.shown(location) + "'",
          Next.GIVE_UP);
    }
    return to;
  }

  /** Returns what an answer means that is neither a body nor a redirect. */
  static OriginException refusal(HttpResponse<?> response) {
    int status = response.statusCode();
    Optional<Duration> wait = RetryAfter.of(response.headers());
    if (!PASSING.contains(status)) {
      return new OriginException(code(status), status + phrase(status), Next.GIVE_UP);
    }
    if (wait.isPresent() && wait.get().compareTo(LONGEST_WAIT) > 0) {
      return new OriginException(
          FetchCode.HTTP_STATUS,
          status + phrase(status) + ", and asks to wait " + wait.get().toSeconds() + " s",
          Next.GIVE_UP);
    }
    return new OriginException(
        FetchCode.HTTP_STATUS, status + phrase(status), Next.TRY_AGAIN, wait);
  }

  private static FetchCode code(int status) {
    return switch (status) {
      case 401, 403 -> FetchCode.UNAUTHORIZED;
      case 404, 410 -> FetchCode.NOT_FOUND;
      case 407 -> FetchCode.PROXY_AUTH;
      default -> FetchCode.HTTP_STATUS;
    };
  }

  private static String phrase(int status) {
    return switch (status) {
      case 206 -> " Partial Content, which was not requested";
      case 304 -> " Not Modified, which was not requested";
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
}
