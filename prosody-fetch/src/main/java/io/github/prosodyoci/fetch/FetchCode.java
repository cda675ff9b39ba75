package io.github.prosodyoci.fetch;

import io.github.prosodyoci.core.FailureCode;
import io.github.prosodyoci.core.FailureException;
import java.util.Optional;

/** Why a file could not be fetched (docs/fetching.md, "Errors"). */
public enum FetchCode implements FailureCode {
  /** The file is not in the store, and the build is offline. */
  OFFLINE("Run once without -o."),
  /** Several origins failed, for different reasons. */
  NO_ORIGIN,
  /** The content does not have the pinned digest. */
  DIGEST_MISMATCH(
      "If other origins agree on the new digest, verify the file anew before it is pinned; otherwise"
          + " ask another mirror."),
  /** The content is larger than allowed. */
  TOO_LARGE,
  /** The origin does not have the file. */
  NOT_FOUND,
  /** The origin requires other credentials. */
  UNAUTHORIZED,
  /** The proxy requires other credentials. */
  PROXY_AUTH,
  /** The server failed, or answered with an unexpected status. */
  HTTP_STATUS,
  /** The answer is not HTTP. */
  HTTP_SYNTAX,
  /** The server sent another part of the file than requested. */
  RANGE,
  /** The server redirects to an address that is not followed. */
  REDIRECT,
  /** The host is unknown, or refuses connections. */
  UNREACHABLE,
  /** The server sent nothing for too long. */
  SILENT,
  /** The server sends too slowly, or the transfer as a whole took too long. */
  TOO_SLOW,
  /** The connection broke off. */
  BROKEN_TRANSFER,
  /** No secure connection: certificate, host name or protocol are not acceptable. */
  TLS,
  /** The file on this machine, or the artifact, cannot be read. */
  UNREADABLE,
  /** No mirror offers an acceptable document, and no acceptable copy is kept. */
  REFUSED,
  /** An address of a mirror is malformed. */
  MIRROR("Give prosodyoci.debian.mirror as https://host/debian, several separated by commas."),
  /** There is no report of fetched files, or it is damaged. */
  REPORT("Run the goal prosody-fetch:sources first."),
  /** The cache folder cannot be written. */
  STORE_UNWRITABLE(
      "Free some space or give write permission there, or choose another cache folder with"
          + " -Dprosodyoci.cache=<folder>."),
  /** A stored file is damaged, and cannot be moved away. */
  STORE_DAMAGED("Remove it by hand.");

  private final String advice;

  FetchCode() {
    this(
        "Check the network and the origins, or name a mirror with"
            + " -Dprosodyoci.debian.mirror=<address>.");
  }

  FetchCode(String advice) {
    this.advice = advice;
  }

  /** Returns whether an exception is about a file that could not be fetched. */
  public static boolean isCodeOf(FailureException exception) {
    return exception.failures().stream()
        .findFirst()
        .filter(f -> f.code() instanceof FetchCode)
        .isPresent();
  }

  @Override
  public Optional<String> advice() {
    return Optional.of(advice);
  }
}
