package io.github.prosodyoci.fetch;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** An origin did not give the file; another may. The message is the origin's answer, in words. */
final class OriginException extends IOException {

  /** What to do about the same address. */
  enum Next {
    /** It would answer the same again. */
    GIVE_UP,
    /** It gives something else than the file. */
    WRONG_CONTENT,
    /** The whole host is out of reach. */
    GIVE_UP_HOST,
    /** It may do better in a moment. */
    TRY_AGAIN
  }

  private final Next next;
  private final transient Optional<Duration> wait;

  OriginException(String answer, Next next) {
    this(answer, next, Optional.empty());
  }

  OriginException(String answer, Next next, Optional<Duration> wait) {
    super(answer);
    this.next = next;
    this.wait = wait;
  }

  Next next() {
    return next;
  }

  /** Returns how long the origin asks to be left alone. */
  Optional<Duration> waitFor() {
    return wait;
  }

  String answer() {
    return String.valueOf(getMessage());
  }
}
