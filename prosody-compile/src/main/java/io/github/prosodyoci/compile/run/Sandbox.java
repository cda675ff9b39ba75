package io.github.prosodyoci.compile.run;

import java.nio.file.Path;
import java.util.List;

/**
 * Where the programs of a build run. This is the seam between a build and the way it is isolated:
 * steps, strip and the check of the build root all start through {@link #prefix}, and name files
 * through {@link #inside}.
 */
public interface Sandbox {

  /**
   * Returns the command that runs a program in this sandbox: the program, by its path in the
   * sandbox, and its arguments follow it.
   *
   * @param folder the working folder, by its path on the machine
   */
  List<String> prefix(Path folder);

  /**
   * Returns the path of a file of the machine in this sandbox.
   *
   * @throws IllegalArgumentException if the sandbox does not show it
   */
  Path inside(Path file);

  /** Returns whether programs see nothing of the machine but what the sandbox shows. */
  boolean isIsolated();
}
