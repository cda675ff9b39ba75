package io.github.prosodyoci.fetch.http;

import io.github.prosodyoci.core.Credentials;
import java.net.ProxySelector;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How to ask servers.
 *
 * @param timeouts how long to wait
 * @param retries how often to ask
 * @param proxies the proxy for each address; empty for the JDK's own settings
 * @param credentials who to log in as
 */
public record HttpSettings(
    Timeouts timeouts, Retries retries, Optional<ProxySelector> proxies, Credentials credentials) {

  /** The usual settings. */
  public static final HttpSettings STANDARD =
      new HttpSettings(
          new Timeouts(Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofHours(1), 1024),
          new Retries(3, Duration.ofSeconds(1)),
          Optional.empty(),
          Credentials.NONE);

  /**
   * How long to wait.
   *
   * @param connect for a connection
   * @param silence for the next byte
   * @param total for one address in all, with redirects and repeated attempts
   * @param minimumRate bytes per second that a server must send, averaged over each {@code silence}
   */
  public record Timeouts(Duration connect, Duration silence, Duration total, long minimumRate) {
    /**
     * Checks the times.
     *
     * @throws IllegalArgumentException if one is not positive
     */
    public Timeouts {
      if (Stream.of(connect, silence, total).anyMatch(t -> t.isNegative() || t.isZero())) {
        throw new IllegalArgumentException("timeouts must be positive");
      }
    }
  }

  /**
   * How often to ask an address that fails for a passing reason.
   *
   * @param attempts how often in all
   * @param backoff the longest pause after the first failed attempt; doubled with each further one
   */
  public record Retries(int attempts, Duration backoff) {
    /**
     * Checks the number.
     *
     * @throws IllegalArgumentException if it is not positive
     */
    public Retries {
      if (attempts < 1) {
        throw new IllegalArgumentException("attempts must be positive");
      }
    }
  }

  /** Returns these settings with other timeouts. */
  public HttpSettings with(Timeouts value) {
    return new HttpSettings(value, retries, proxies, credentials);
  }

  /** Returns these settings with other retries. */
  public HttpSettings with(Retries value) {
    return new HttpSettings(timeouts, value, proxies, credentials);
  }

  /** Returns these settings with proxies. */
  public HttpSettings with(ProxySelector value) {
    return new HttpSettings(timeouts, retries, Optional.of(value), credentials);
  }

  /** Returns these settings with logins. */
  public HttpSettings with(Credentials value) {
    return new HttpSettings(timeouts, retries, proxies, value);
  }
}
