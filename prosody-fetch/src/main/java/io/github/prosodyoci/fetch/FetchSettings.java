package io.github.prosodyoci.fetch;

import io.github.prosodyoci.core.Credentials;
import io.github.prosodyoci.fetch.debian.DebianMirrors;
import io.github.prosodyoci.fetch.http.HttpSettings;
import io.github.prosodyoci.fetch.http.HttpSettings.Retries;
import io.github.prosodyoci.fetch.http.HttpSettings.Timeouts;
import io.github.prosodyoci.fetch.origin.MavenArtifacts;
import java.net.ProxySelector;
import java.time.Duration;

/**
 * How to fetch.
 *
 * @param offline whether to leave the network alone
 * @param parallel how many files to fetch at the same time, at most
 * @param maximumBytes the largest size of a file
 * @param http how to ask servers
 * @param mirrors mirrors of the Debian archive, for {@code debian:} origins
 * @param artifacts finds Maven artifacts, for {@code maven:} origins
 */
public record FetchSettings(
    boolean offline,
    int parallel,
    long maximumBytes,
    HttpSettings http,
    DebianMirrors mirrors,
    MavenArtifacts artifacts) {

  /** The usual settings, without mirrors and artifacts. */
  public static final FetchSettings STANDARD =
      new FetchSettings(
          false, 6, 1L << 30, HttpSettings.STANDARD, DebianMirrors.NONE, MavenArtifacts.NONE);

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is not positive
   */
  public FetchSettings {
    if (parallel < 1 || maximumBytes < 1) {
      throw new IllegalArgumentException("parallel and maximumBytes must be positive");
    }
  }

  /** Returns these settings with or without the network. */
  public FetchSettings withOffline(boolean value) {
    return new FetchSettings(value, parallel, maximumBytes, http, mirrors, artifacts);
  }

  /** Returns these settings with another number of files at the same time. */
  public FetchSettings withParallel(int value) {
    return new FetchSettings(offline, value, maximumBytes, http, mirrors, artifacts);
  }

  /** Returns these settings with another largest size of a file, in bytes. */
  public FetchSettings withMaximumBytes(long value) {
    return new FetchSettings(offline, parallel, value, http, mirrors, artifacts);
  }

  /** Returns these settings with mirrors of the Debian archive. */
  public FetchSettings withMirrors(DebianMirrors value) {
    return new FetchSettings(offline, parallel, maximumBytes, http, value, artifacts);
  }

  /** Returns these settings with a finder of Maven artifacts. */
  public FetchSettings withArtifacts(MavenArtifacts value) {
    return new FetchSettings(offline, parallel, maximumBytes, http, mirrors, value);
  }

  /** Returns these settings with other waiting times, for a connection and for the next byte. */
  public FetchSettings withTimeouts(Duration connect, Duration silence) {
    Timeouts old = http.timeouts();
    return with(http.with(new Timeouts(connect, silence, old.total(), old.minimumRate())));
  }

  /** Returns these settings with another limit on the time that one address may take in all. */
  public FetchSettings withMaximumTime(Duration value) {
    Timeouts old = http.timeouts();
    return with(http.with(new Timeouts(old.connect(), old.silence(), value, old.minimumRate())));
  }

  /** Returns these settings with another number of attempts for each address. */
  public FetchSettings withAttempts(int value) {
    return withRetries(value, http.retries().backoff());
  }

  /** Returns these settings with another number of attempts, and pause between them. */
  public FetchSettings withRetries(int attempts, Duration backoff) {
    return with(http.with(new Retries(attempts, backoff)));
  }

  /** Returns these settings with proxies. */
  public FetchSettings withProxies(ProxySelector value) {
    return with(http.with(value));
  }

  /** Returns these settings with logins. */
  public FetchSettings withCredentials(Credentials value) {
    return with(http.with(value));
  }

  private FetchSettings with(HttpSettings value) {
    return new FetchSettings(offline, parallel, maximumBytes, value, mirrors, artifacts);
  }
}
