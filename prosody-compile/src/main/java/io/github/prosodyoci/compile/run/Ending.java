package io.github.prosodyoci.compile.run;

/**
 * How a program ended.
 *
 * @param cause why
 * @param code its exit code; of no meaning unless it exited by itself
 */
public record Ending(Cause cause, int code) {

  /** What a shell adds to a signal's number to make an exit code of it (POSIX, 2.8.2). */
  private static final int SIGNALLED = 128;

  private static final int SIGXFSZ = 25;

  /** The exit code of a sandbox whose program failed while too many processes existed. */
  static final int FULL = 198;

  /** Why a program ended. */
  public enum Cause {
    /** It exited, or was ended by a signal that was not ours. */
    EXITED,
    /** It took too long. */
    TIME,
    /** It ran too many processes. */
    PROCESSES,
    /** It used too much memory. */
    MEMORY
  }

  static Ending exited(int code) {
    if (code == FULL) {
      return stopped(Cause.PROCESSES);
    }
    return new Ending(Cause.EXITED, code);
  }

  static Ending stopped(Cause cause) {
    return new Ending(cause, SIGNALLED);
  }

  /** Returns whether it ended by itself with exit code 0. */
  public boolean good() {
    return cause == Cause.EXITED && code == 0;
  }

  /** Returns whether the kernel ended it because a file became too large. */
  public boolean fileTooLarge() {
    return cause == Cause.EXITED && code == SIGNALLED + SIGXFSZ;
  }
}
