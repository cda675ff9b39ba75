package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.build.BuildGraph.Node;
import io.github.prosodyoci.compile.cache.PackageCache;
import io.github.prosodyoci.compile.run.Folders;
import io.github.prosodyoci.compile.run.Isolation;
import io.github.prosodyoci.compile.run.Sandbox;
import io.github.prosodyoci.compile.split.BuiltPackage;
import io.github.prosodyoci.compile.split.InstalledFile;
import io.github.prosodyoci.compile.split.InstalledTree;
import io.github.prosodyoci.compile.split.PackageAssembler;
import io.github.prosodyoci.compile.toolchain.CompilerFolder;
import io.github.prosodyoci.compile.toolchain.Toolchain;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.LockFile;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.Encoding;
import io.github.prosodyoci.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Builds one recipe for one platform, or finds its packages in the cache. */
final class RecipeBuilder {

  /**
   * The version of whatever turns a recipe into packages. Change it in every commit after which the
   * same recipe may give other bytes. Unlike up-to-date checks, a key does not contain the digest
   * of the running code: most commits leave all packages as they are, and would still cost every
   * user a complete build.
   */
  private static final String BUILDER = "0.1.0-SNAPSHOT";

  private static final String ENGINE = "1 " + Encoding.version() + " " + BUILDER;

  private final Node node;
  private final Recipe recipe;
  private final Platform platform;
  private final BuildContext context;
  private final boolean critical;
  private final Consumer<String> stage;

  /**
   * Creates a builder.
   *
   * @param critical whether its steps go before those of other recipes
   * @param stage receives what is in progress, such as a step's name
   */
  RecipeBuilder(Node node, BuildContext context, boolean critical, Consumer<String> stage) {
    this.node = node;
    this.recipe = node.recipe();
    this.platform = node.platform();
    this.context = context;
    this.critical = critical;
    this.stage = stage;
  }

  /**
   * Returns the recipe's packages.
   *
   * @param sysroot what it is built against
   * @param hostSysroot what programs are built against that the build itself runs
   * @param toolchain the toolchain's digest, if there is one
   */
  NodeResult build(Sysroot sysroot, Sysroot hostSysroot, Optional<Digest> toolchain)
      throws IOException, InterruptedException {
    Digest key = key(sysroot, hostSysroot, toolchain);
    Optional<PackageCache.Entry> cached = context.packages().find(key, recipe.name());
    if (cached.isPresent()) {
      return result(key, cached.get().packages(), true);
    }
    BuildFolder folder =
        new BuildFolder(
            context.buildRoot().resolve(recipe.name() + "-" + platform.apkArchitecture()));
    LockFile lock =
        LockFile.beside(
            folder.root(),
            () -> context.listener().info("Waiting for another build of " + recipe.name()));
    try (lock) {
      // The other build may just have stored them.
      cached = context.packages().find(key, recipe.name());
      if (cached.isPresent()) {
        return result(key, cached.get().packages(), true);
      }
      long start = System.nanoTime();
      List<BuiltPackage> packages = build(folder, sysroot, hostSysroot);
      long seconds = (System.nanoTime() - start) / 1_000_000_000L;
      Files.copy(folder.log(), folder.out().resolve("build.log"));
      PackageCache.Entry entry =
          context
              .packages()
              .store(new PackageCache.Entry(key, recipe.name(), seconds, packages), folder.out());
      Folders.delete(folder.root());
      return result(key, entry.packages(), false);
    } catch (IOException e) {
      throw FileFailures.of("build", recipe.name(), folder.root(), e);
    }
  }

  private NodeResult result(Digest key, List<BuiltPackage> packages, boolean cached) {
    return new NodeResult(node, key, context.packages().folder(key), packages, cached);
  }

  private Digest key(Sysroot sysroot, Sysroot hostSysroot, Optional<Digest> toolchain) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("engine", ENGINE);
    all.put("recipe", recipe.content(platform.apkArchitecture()));
    all.put("platform", platform.toString());
    all.put("timestamp", context.timestamp());
    all.put("toolchain", toolchain.map(Digest::toString).orElse(""));
    all.put("sysroot", sysroot.content());
    all.put("hostSysroot", hostSysroot.content());
    if (!recipe.hostDependencies().isEmpty()) {
      all.put("host", context.host().toString());
    }
    return Digest.of(Json.compact(all));
  }

  private List<BuiltPackage> build(BuildFolder folder, Sysroot sysroot, Sysroot hostSysroot)
      throws IOException, InterruptedException {
    stage.accept("sources");
    folder.prepare();
    Isolation isolation = context.machine().isolation();
    Optional<Toolchain> toolchain = context.machine().toolchain();
    Sandbox sandbox = folder.sandbox(isolation, toolchain);
    context.machine().tools().link(folder.bin(), isolation);
    sysroot.extract(folder.sysroot());
    if (toolchain.isPresent()) {
      CompilerFolder compiler = new CompilerFolder(toolchain.get(), folder.root(), sandbox);
      compiler.addTarget(folder.bin(), platform, folder.sysroot());
      if (!recipe.hostDependencies().isEmpty()) {
        hostSysroot.extract(folder.hostSysroot());
        compiler.addHost(folder.bin(), context.host(), folder.hostSysroot());
      }
    }
    new SourceLayout(recipe, platform, context.sources(), folder).layOut();
    StepRunner steps = new StepRunner(recipe, folder, sandbox, context, critical);
    steps.run(
        StepEnvironment.of(recipe, platform, folder, sandbox, context.jobs(), context.timestamp()),
        stage);
    stage.accept("packages");
    steps.strip();
    List<InstalledFile> installed = InstalledTree.scan(folder.destination());
    PathLeaks.check(recipe, installed, List.of(folder.root(), sandbox.inside(folder.root())));
    return new PackageAssembler(recipe, platform, context.timestamp())
        .write(installed, sysroot.provided(), folder.out());
  }
}
