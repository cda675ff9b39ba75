package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.buildroot.BuildRoot;
import io.github.prosodyoci.compile.buildroot.BuildRootCheck;
import io.github.prosodyoci.compile.buildroot.BuildRootUnpacker;
import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.report.CompileListener;
import io.github.prosodyoci.compile.run.Isolation;
import io.github.prosodyoci.compile.run.IsolationMode;
import io.github.prosodyoci.compile.run.IsolationProbe;
import io.github.prosodyoci.compile.run.ProcessRunner;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.UseMark;
import io.github.prosodyoci.recipe.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What build steps run with: the build root, and isolation. Both are determined once, and only if
 * something must be built.
 */
final class BuildMachine {

  /** How long the path of a script's interpreter may be in every kernel (execve(2)). */
  private static final int LONGEST_INTERPRETER = 120;

  private final BuildSettings settings;
  private final List<Source> packages;
  private final BuildRootUnpacker unpacker;
  private final ProcessRunner runner;
  private final CompileListener listener;
  private final IsolationProbe probe;
  private @Nullable Isolation isolation;
  private @Nullable BuildRoot root;

  /**
   * Creates it.
   *
   * @param packages the packages of the build root
   * @param sources finds the file of a source
   */
  BuildMachine(
      BuildSettings settings,
      List<Source> packages,
      Function<Source, Path> sources,
      ProcessRunner runner,
      IsolationProbe probe,
      CompileListener listener) {
    this.settings = settings;
    this.packages = List.copyOf(packages);
    this.unpacker =
        new BuildRootUnpacker(
            settings.cache().resolve("build-root"),
            settings.host(),
            sources,
            settings.jobs(),
            listener);
    this.runner = runner;
    this.probe = probe;
    this.listener = listener;
  }

  /** Returns how programs run, which is found out by trying. */
  synchronized Isolation isolation() throws IOException, InterruptedException {
    Isolation found = isolation;
    if (found == null) {
      prepare();
      found = isolation;
    }
    if (found == null) {
      throw new IllegalStateException();
    }
    return found;
  }

  /**
   * Returns the build root, after checking that nobody has changed it: of files that were touched
   * since they were hashed, the content.
   */
  synchronized BuildRoot root() throws IOException, InterruptedException {
    BuildRoot found = root;
    if (found == null) {
      return prepare();
    }
    found.verify(false);
    return found;
  }

  /**
   * Hashes the whole build root once more at the end of a build whose steps could write to it: root
   * can set the clock, and so hide a change from {@link #root()}.
   *
   * @throws FailureException if it was changed
   */
  synchronized void confirmRoot() throws IOException {
    if (root != null && isolation != null && !isolation.enforced()) {
      root.verify(true);
    }
  }

  private BuildRoot prepare() throws IOException, InterruptedException {
    BuildRoot unpacked = unpacker.unpack(packages, true);
    UseMark.renew(unpacked.root());
    Path place = settings.cache().resolve("build");
    Isolation found = probe.probe(unpacked.root(), place, runner);
    if (!found.enforced()) {
      announce(found.reason(), unpacked.busybox());
      // Steps of an earlier build could write to the list that it was compared with.
      unpacked = unpacker.unpack(packages, false);
    }
    BuildRootCheck.run(unpacked, found, runner, place);
    isolation = found;
    root = unpacked;
    return unpacked;
  }

  private void announce(String reason, Path busybox) {
    if (settings.isolation() == IsolationMode.REQUIRED) {
      throw Failure.of(CompileCode.ISOLATION_UNAVAILABLE, "isolate", "build steps", reason)
          .expecting(
              "isolation, because of -Dprosodyoci.isolation=required (the default if CI is true)")
          .toException();
    }
    if (settings.cache().toString().chars().anyMatch(Character::isWhitespace)) {
      throw unsuitable(reason, "must not contain a space");
    }
    int length = pathLength(busybox);
    if (length > LONGEST_INTERPRETER) {
      throw unsuitable(
          reason,
          "must have at most "
              + (LONGEST_INTERPRETER - length + pathLength(settings.cache()))
              + " bytes");
    }
    listener.warn(
        "Build steps are not isolated ("
            + reason
            + "): they can read and change all files of this user, including keys and caches, use"
            + " the network and sockets, see other processes and the environment of this build,"
            + " and leave processes behind. "
            + CompileCode.ISOLATION_UNAVAILABLE.advice().orElse(""));
  }

  private static int pathLength(Path path) {
    return path.toString().getBytes(StandardCharsets.UTF_8).length;
  }

  private FailureException unsuitable(String reason, String condition) {
    return Failure.of(
            CompileCode.ISOLATION_UNAVAILABLE,
            "build in",
            settings.cache().toString(),
            "build steps cannot be isolated here ("
                + reason
                + "), and without isolation the path of the cache "
                + condition)
        .advising("Choose another cache folder with -Dprosodyoci.cache=<folder>.")
        .toException();
  }
}
