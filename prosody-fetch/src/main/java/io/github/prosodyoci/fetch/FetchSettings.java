package io.github.prosodyoci.fetch;

import io.github.prosodyoci.core.Credentials;
import java.net.ProxySelector;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How to fetch.
 *
 * @param offline whether the network is not to be touched
 * @param parallel how many files come at the same time, at most
 * @param maximumBytes how large a file may be
 * @param connectTimeout how long to wait for a connection
 * @param silenceTimeout how long to wait for the next byte
 * @param minimumRate bytes per second that an origin must reach, taken over each {@code
 *     silenceTimeout}
 * @param maximumTime how long an address may take in all, with redirects and repeated attempts
 * @param attempts how often to ask an address that fails for a passing reason
 * @param backoff the longest pause after the first failed attempt; doubled with each further one
 * @param proxies which proxy leads to which address; none for the JDK's own settings
 * @param credentials who to log in as
 */
public record FetchSettings(
    boolean offline,
    int parallel,
    long maximumBytes,
    Duration connectTimeout,
    Duration silenceTimeout,
    long minimumRate,
    Duration maximumTime,
    int attempts,
    Duration backoff,
    Optional<ProxySelector> proxies,
    Credentials credentials) {

  /** The usual settings. */
  public static final FetchSettings STANDARD =
      new FetchSettings(
          false,
          6,
          1L << 30,
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          1024,
          Duration.ofHours(1),
          3,
          Duration.ofSeconds(1),
          Optional.empty(),
          Credentials.NONE);

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is not positive
   */
  public FetchSettings {
    if (parallel < 1 || maximumBytes < 1 || attempts < 1) {
      throw new IllegalArgumentException("parallel, maximumBytes and attempts must be positive");
    }
    if (!(isPositive(connectTimeout) && isPositive(silenceTimeout) && isPositive(maximumTime))) {
      throw new IllegalArgumentException(
          "connectTimeout, silenceTimeout and maximumTime must be positive");
    }
  }

  private static boolean isPositive(Duration duration) {
    return !duration.isNegative() && !duration.isZero();
  }

  /** Returns these settings with or without the network. */
  public FetchSettings withOffline(boolean value) {
    return with(d -> d.offline = value);
  }

  /** Returns these settings with another bound on files at the same time. */
  public FetchSettings withParallel(int value) {
    return with(d -> d.parallel = value);
  }

  /** Returns these settings with another bound on a file's size in bytes. */
  public FetchSettings withMaximumBytes(long value) {
    return with(d -> d.maximumBytes = value);
  }

  /** Returns these settings with other times to wait. */
  public FetchSettings withTimeouts(Duration connect, Duration silence) {
    return with(
        d -> {
          d.connectTimeout = connect;
          d.silenceTimeout = silence;
        });
  }

  /** Returns these settings with another bound on the time that one address may take in all. */
  public FetchSettings withMaximumTime(Duration value) {
    return with(d -> d.maximumTime = value);
  }

  /** Returns these settings with another way to try again. */
  public FetchSettings withRetries(int newAttempts, Duration newBackoff) {
    return with(
        d -> {
          d.attempts = newAttempts;
          d.backoff = newBackoff;
        });
  }

  /** Returns these settings with proxies. */
  public FetchSettings withProxies(ProxySelector value) {
    return with(d -> d.proxies = Optional.of(value));
  }

  /** Returns these settings with logins. */
  public FetchSettings withCredentials(Credentials value) {
    return with(d -> d.credentials = value);
  }

  private FetchSettings with(Consumer<Draft> change) {
    Draft draft = new Draft(this);
    change.accept(draft);
    return draft.settings();
  }

  /** The same settings, open to a change. */
  private static final class Draft {
    private boolean offline;
    private int parallel;
    private long maximumBytes;
    private Duration connectTimeout;
    private Duration silenceTimeout;
    private final long minimumRate;
    private Duration maximumTime;
    private int attempts;
    private Duration backoff;
    private Optional<ProxySelector> proxies;
    private Credentials credentials;

    Draft(FetchSettings from) {
      offline = from.offline;
      parallel = from.parallel;
      maximumBytes = from.maximumBytes;
      connectTimeout = from.connectTimeout;
      silenceTimeout = from.silenceTimeout;
      minimumRate = from.minimumRate;
      maximumTime = from.maximumTime;
      attempts = from.attempts;
      backoff = from.backoff;
      proxies = from.proxies;
      credentials = from.credentials;
    }

    FetchSettings settings() {
      return new FetchSettings(
          offline,
          parallel,
          maximumBytes,
          connectTimeout,
          silenceTimeout,
          minimumRate,
          maximumTime,
          attempts,
          backoff,
          proxies,
          credentials);
    }
  }
}
