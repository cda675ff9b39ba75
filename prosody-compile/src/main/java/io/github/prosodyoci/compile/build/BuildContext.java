package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.cache.PackageCache;
import io.github.prosodyoci.compile.report.CompileListener;
import io.github.prosodyoci.compile.run.ProcessRunner;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.recipe.Source;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * What all recipes of a build share.
 *
 * @param buildRoot the folder that recipes are built below
 * @param packages the built packages
 * @param host the platform of programs that run on this machine
 * @param machine what this machine offers
 * @param sources finds the file of a source
 * @param runner runs the steps
 * @param jobs how many processor cores a step may use
 * @param timestamp the time of everything built, in seconds since 1970-01-01T00:00:00Z
 * @param listener receives the progress
 */
record BuildContext(
    Path buildRoot,
    PackageCache packages,
    Platform host,
    BuildMachine machine,
    Function<Source, Path> sources,
    ProcessRunner runner,
    int jobs,
    long timestamp,
    CompileListener listener) {}
