package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.report.CompileListener;
import io.github.prosodyoci.compile.run.HostTools;
import io.github.prosodyoci.compile.run.Isolation;
import io.github.prosodyoci.compile.run.IsolationMode;
import io.github.prosodyoci.compile.run.ProcessRunner;
import io.github.prosodyoci.compile.toolchain.Toolchain;
import io.github.prosodyoci.compile.toolchain.ToolchainCheck;
import io.github.prosodyoci.compile.toolchain.ToolchainUnpacker;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.recipe.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What this machine offers to build steps: its tools, isolation, and the toolchain. Isolation and
 * toolchain are determined once, and only if something must be built.
 */
final class BuildMachine {

  /** Where containers of build services often have the project. */
  private static final Path SOURCES = Path.of("/usr/src");

  private final BuildSettings settings;
  private final List<Path> hidden;
  private final HostTools tools;
  private final Optional<Source> archive;
  private final Function<Source, Path> sources;
  private final ProcessRunner runner;
  private final CompileListener listener;
  private @Nullable Isolation isolation;
  private @Nullable Toolchain toolchain;

  /**
   * Creates it.
   *
   * @param hidden folders that no step may see, besides the cache
   * @param archive the toolchain's archive, if recipes use one
   */
  BuildMachine(
      BuildSettings settings,
      List<Path> hidden,
      Optional<Source> archive,
      Function<Source, Path> sources,
      ProcessRunner runner,
      CompileListener listener) {
    this.settings = settings;
    this.hidden = List.copyOf(hidden);
    this.tools = new HostTools(settings.searchPath());
    this.archive = archive;
    this.sources = sources;
    this.runner = runner;
    this.listener = listener;
  }

  HostTools tools() {
    return tools;
  }

  /** Returns how programs run, which is found out by trying. */
  synchronized Isolation isolation() throws IOException, InterruptedException {
    Isolation found = isolation;
    if (found == null) {
      List<Path> all = new ArrayList<>(hidden);
      all.add(settings.cache());
      all.add(SOURCES);
      Optional.ofNullable(settings.cacheKey().toAbsolutePath().getParent()).ifPresent(all::add);
      found = Isolation.probe(tools, all, settings.cache().resolve("build"), runner);
      if (!found.enforced()) {
        announce(found.reason());
      }
      isolation = found;
    }
    return found;
  }

  private void announce(String reason) {
    if (settings.isolation() == IsolationMode.REQUIRED) {
      throw Failure.of(CompileCode.ISOLATION_UNAVAILABLE, "isolate", "build steps", reason)
          .expecting(
              "isolation, because of -Dprosodyoci.isolation=required (the default if CI is true)")
          .toException();
    }
    if (settings.cache().toString().chars().anyMatch(Character::isWhitespace)) {
      throw Failure.of(
              CompileCode.ISOLATION_UNAVAILABLE,
              "build in",
              settings.cache().toString(),
              "build steps cannot be isolated here ("
                  + reason
                  + "), and without isolation the path of the cache must not contain a space")
          .advising("Choose another cache folder with -Dprosodyoci.cache=<folder>.")
          .toException();
    }
    listener.warn(
        "Build steps are not isolated ("
            + reason
            + "): they can read and change all files of this user, including keys and caches, use"
            + " the network and sockets, see other processes and the environment of this build,"
            + " and leave processes behind. "
            + CompileCode.ISOLATION_UNAVAILABLE.advice().orElse(""));
  }

  /** Returns the toolchain, if recipes use one, after checking that nobody has changed it. */
  synchronized Optional<Toolchain> toolchain() throws IOException, InterruptedException {
    if (archive.isEmpty()) {
      return Optional.empty();
    }
    boolean isolated = isolation().enforced();
    Toolchain found = toolchain;
    if (found != null) {
      found.verify(!isolated);
      return Optional.of(found);
    }
    Path file = sources.apply(archive.get());
    listener.debug("Toolchain: " + archive.get().file() + " (" + Files.size(file) + " bytes)");
    found =
        new ToolchainUnpacker(
                settings.cache().resolve("toolchain"),
                new ToolchainCheck(settings.host(), isolation(), runner),
                listener)
            .unpack(file, archive.get().sha256(), isolated);
    toolchain = found;
    return Optional.of(found);
  }
}
