package io.github.prosodyoci.compile.run;

import java.nio.file.Path;
import java.util.List;

/** Where the programs of a build run. What they run is given by their own paths in it. */
public interface Box {

  /**
   * Returns what is put before a program and its arguments to run it in this box.
   *
   * @param folder the folder to run it in, by its path on the machine
   */
  List<String> prefix(Path folder);

  /**
   * Returns the path by which programs in this box know a file of the machine.
   *
   * @throws IllegalArgumentException if they do not see it
   */
  Path inside(Path file);
}
