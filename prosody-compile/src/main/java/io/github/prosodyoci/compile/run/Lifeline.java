package io.github.prosodyoci.compile.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Ties a program to this JVM. The program starts beside a watcher that reads from a pipe, whose
 * other end only the JVM has: if the JVM ends, however it does, the kernel closes the pipe, and the
 * watcher kills the program with all that it started. The watcher is outside of the sandbox, where
 * no step can reach it; of a sandbox it kills the first process, and the kernel all others with it
 * (pid_namespaces(7)).
 */
final class Lifeline {

  private static final String NICENESS = "renice -n 10 -p $$ > /dev/null\n";

  private static final String SCRIPT =
      """
      exec 3<&0 < /dev/null
      {
        end() {
          local children= each=
          kill -STOP $1 || return
          read -r children < /proc/$1/task/$1/children
          for each in $children; do
            [ $each = $me ] || end $each
          done
          kill -KILL $1
        }
        while read -r line <&3; do :; done
        read -r me name state parent rest < /proc/self/stat
        [ $parent != $$ ] || end $$
      } 2> /dev/null &
      exec 3<&- "$@"
      """;

  private Lifeline() {}

  /**
   * Returns the command that runs another one so, which gets an empty input.
   *
   * @param busybox the shell
   * @param gently whether it has a lower priority than usual
   */
  static List<String> tie(Path busybox, List<String> command, boolean gently) {
    List<String> tied = new ArrayList<>(List.of(busybox.toString(), "sh", "-c"));
    tied.add((gently ? NICENESS : "") + SCRIPT);
    tied.add("sh");
    tied.addAll(command);
    return tied;
  }
}
