package io.github.prosodyoci.compile.run;

import java.io.IOException;
import java.nio.file.Path;

/** Finds out how programs can be isolated; {@link Isolation#probe} does so by trying. */
@FunctionalInterface
public interface IsolationProbe {

  /**
   * Returns how programs run.
   *
   * @param root the build root
   * @param place a folder where sandboxes will be created
   * @throws IOException if the place cannot be written
   * @throws InterruptedException if this thread is interrupted
   */
  Isolation probe(Path root, Path place, ProcessRunner runner)
      throws IOException, InterruptedException;
}
