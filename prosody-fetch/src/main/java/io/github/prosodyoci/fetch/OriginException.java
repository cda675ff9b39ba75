package io.github.prosodyoci.fetch;

import io.github.prosodyoci.fetch.FetchException.Code;
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

  private final Code code;
  private final Next next;
  private final transient Optional<Duration> wait;

  OriginException(Code code, String answer, Next next) {
    this(code, answer, next, Optional.empty());
  }

  OriginException(Code code, String answer, Next next, Optional<Duration> wait) {
    super(answer);
    this.code = code;
    this.next = next;
    this.wait = wait;
  }

  Code code() {
    return code;
  }

  Next next() {
    return next;
  }

  /** Returns how long the origin asks to be left alone. */
  Optional<Duration> waitFor() {
    return wait;
  }

  /** Returns the answer in words, with its code. */
  String answer() {
    return getMessage() + " (" + code + ")";
  }
}
