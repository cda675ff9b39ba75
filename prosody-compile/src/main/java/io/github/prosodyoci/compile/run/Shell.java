package io.github.prosodyoci.compile.run;

import java.util.List;
import java.util.stream.Collectors;

/** Text for a POSIX shell. */
public final class Shell {

  private static final int BLOCK = 512;

  private Shell() {}

  /** Returns a word, quoted for a shell. */
  public static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  /** Returns a command with all its words quoted for a shell. */
  public static String quoted(List<String> words) {
    return words.stream().map(Shell::quoted).collect(Collectors.joining(" "));
  }

  /** Returns a script that runs its arguments as a program within limits. */
  static String limitedOnly(StepLimits limits) {
    return limited(limits) + "exit $code";
  }

  /**
   * Returns a script that runs its arguments as a program within limits, as the first process of a
   * sandbox. If the program fails while there are too many processes, its exit code says so.
   */
  static String limitedAndCounted(StepLimits limits) {
    return limited(limits)
        + "if [ $code != 0 ]; then set -- /proc/[0-9]*; [ $# -le "
        + limits.processes()
        + " ] || code="
        + Ending.FULL
        + "; fi; exit $code";
  }

  /**
   * Returns a script that runs its arguments as a program within limits. The limit on processes is
   * above the one that is watched from outside, whose failure has a clearer message.
   */
  private static String limited(StepLimits limits) {
    return "unset OLDPWD; umask 022; ulimit -c 0; ulimit -f "
        + limits.fileBytes() / BLOCK
        // POSIX does not specify its letter.
        + "; ulimit -u "
        + limits.processes() * 2L
        + " 2>/dev/null || ulimit -p "
        + limits.processes() * 2L
        + " 2>/dev/null || :; \"$@\"; code=$?; ";
  }
}
