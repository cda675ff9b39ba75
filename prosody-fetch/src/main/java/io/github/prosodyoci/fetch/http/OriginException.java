package io.github.prosodyoci.fetch.http;

import io.github.prosodyoci.fetch.FetchCode;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * An origin did not give the file; another may. The message is its answer, in words; decisions go
 * by {@link #code} and {@link #next}.
 */
public final class OriginException extends IOException {

  /** What to do next about the same address. */
  public enum Next {
    /** Nothing: it would answer the same again. */
    GIVE_UP,
    /** Nothing: it gives something else than the file. */
    WRONG_CONTENT,
    /** Leave the whole host alone: it cannot be reached. */
    GIVE_UP_HOST,
    /** Try again: the reason may pass. */
    TRY_AGAIN
  }

  private final FetchCode code;
  private final Next next;
  private final transient Optional<Duration> wait;

  /** Creates an exception with the answer in words, without its code. */
  public OriginException(FetchCode code, String answer, Next next) {
    this(code, answer, next, Optional.empty());
  }

  OriginException(FetchCode code, String answer, Next next, Optional<Duration> wait) {
    super(answer);
    this.code = code;
    this.next = next;
    this.wait = wait;
  }

  /** Returns the kind of answer. */
  public FetchCode code() {
    return code;
  }

  /** Returns what to do next about the same address. */
  public Next next() {
    return next;
  }

  /** Returns how long the origin asks to wait. */
  Optional<Duration> waitFor() {
    return wait;
  }

  /** Returns the answer in words, with its code. */
  public String answer() {
    return getMessage() + " (" + code.text() + ")";
  }
}
