package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.CompileListener;
import io.github.prosodyoci.compile.cache.PackageCache;
import io.github.prosodyoci.compile.run.HostTools;
import io.github.prosodyoci.compile.run.Isolation;
import io.github.prosodyoci.compile.run.ProcessRunner;
import io.github.prosodyoci.compile.toolchain.Toolchain;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.recipe.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What all recipes of a build share.
 *
 * @param buildRoot the folder that recipes are built below
 * @param packages the built packages
 * @param host the machine that builds, as a platform of our own packages
 * @param machine what is costly to find out, and is only when something must be built
 * @param sources finds a source's file
 * @param runner runs the steps
 * @param jobs how many processor cores a step may use
 * @param timestamp the time of everything built, in seconds since 1970-01-01T00:00:00Z
 * @param listener is told how it goes
 */
record BuildContext(
    Path buildRoot,
    PackageCache packages,
    Platform host,
    Machine machine,
    SourceFinder sources,
    ProcessRunner runner,
    int jobs,
    long timestamp,
    CompileListener listener) {

  /** Finds the file of a source. */
  @FunctionalInterface
  interface SourceFinder {
    Path find(Source source);
  }

  /** What the building machine offers. */
  interface Machine {
    HostTools tools();

    /** Returns how programs run, found out by trying. */
    Isolation isolation() throws IOException, InterruptedException;

    /** Returns the compiler, if recipes use one, after making sure that nobody has changed it. */
    Optional<Toolchain> toolchain() throws IOException, InterruptedException;
  }
}
