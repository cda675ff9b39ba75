package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.CompileException;
import io.github.prosodyoci.compile.CompileListener;
import io.github.prosodyoci.compile.CompileRequest;
import io.github.prosodyoci.compile.run.HostTools;
import io.github.prosodyoci.compile.run.Isolation;
import io.github.prosodyoci.compile.run.IsolationMode;
import io.github.prosodyoci.compile.run.ProcessRunner;
import io.github.prosodyoci.compile.toolchain.CompilerCheck;
import io.github.prosodyoci.compile.toolchain.Toolchain;
import io.github.prosodyoci.compile.toolchain.ToolchainUnpacker;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What this machine offers, found out once and only if needed. */
final class BuildMachine implements BuildContext.Machine {

  /** Where containers of build services often have the project. */
  private static final Path SOURCES = Path.of("/usr/src");

  private static final String REMEDY = " See docs/recipes.md, \"Isolation\", for what it needs.";

  private final CompileRequest request;
  private final HostTools tools;
  private final Optional<DeclaredSource> compiler;
  private final BuildContext.SourceFinder sources;
  private final ProcessRunner runner;
  private final CompileListener listener;
  private @Nullable Isolation isolation;
  private @Nullable Toolchain toolchain;

  BuildMachine(
      CompileRequest request,
      Optional<DeclaredSource> compiler,
      BuildContext.SourceFinder sources,
      ProcessRunner runner,
      CompileListener listener) {
    this.request = request;
    this.tools = new HostTools(request.searchPath());
    this.compiler = compiler;
    this.sources = sources;
    this.runner = runner;
    this.listener = listener;
  }

  @Override
  public HostTools tools() {
    return tools;
  }

  @Override
  public synchronized Isolation isolation() throws IOException, InterruptedException {
    Isolation found = isolation;
    if (found == null) {
      List<Path> hidden = new ArrayList<>(List.of(request.cache(), request.output(), SOURCES));
      Optional.ofNullable(request.cacheKey().toAbsolutePath().getParent()).ifPresent(hidden::add);
      request.signingKey().map(key -> key.toAbsolutePath().getParent()).ifPresent(hidden::add);
      found = Isolation.probe(tools, hidden, request.cache().resolve("build"), runner);
      if (!found.enforced()) {
        announce(found.reason());
      }
      isolation = found;
    }
    return found;
  }

  private void announce(String reason) {
    if (request.isolation() == IsolationMode.REQUIRED) {
      throw new CompileException(
          "Could not isolate build steps, as -Dprosodyoci.isolation=required (the default where"
              + " CI is true) demands: "
              + reason
              + "."
              + REMEDY);
    }
    if (request.cache().toString().chars().anyMatch(Character::isWhitespace)) {
      throw new CompileException(
          "Could not build in "
              + request.cache()
              + ": build steps are not isolated here ("
              + reason
              + "), and then the path of the cache may hold no space. Choose another cache folder"
              + " with -Dprosodyoci.cache=<folder>.");
    }
    listener.warn(
        "Build steps are not isolated ("
            + reason
            + "): they can read and change all files of this user, keys and caches too, reach the"
            + " network and sockets, see other processes and the environment of this build, and"
            + " leave processes behind."
            + REMEDY);
  }

  @Override
  public synchronized Optional<Toolchain> toolchain() throws IOException, InterruptedException {
    if (compiler.isEmpty()) {
      return Optional.empty();
    }
    boolean isolated = isolation().enforced();
    Toolchain found = toolchain;
    if (found != null) {
      found.verify(!isolated);
      return Optional.of(found);
    }
    Source source = compiler.get().source();
    Path archive = sources.find(source);
    listener.debug("Compiler: " + source.file() + " (" + Files.size(archive) + " bytes)");
    found =
        new ToolchainUnpacker(
                request.cache().resolve("toolchain"),
                new CompilerCheck(isolation(), runner),
                listener)
            .unpack(archive, source.sha256(), isolated);
    toolchain = found;
    return Optional.of(found);
  }
}
