package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.build.BuildGraph.Node;
import io.github.prosodyoci.compile.buildroot.BuildRoot;
import io.github.prosodyoci.compile.buildroot.StepPrograms;
import io.github.prosodyoci.compile.cache.PackageCache;
import io.github.prosodyoci.compile.run.Isolation;
import io.github.prosodyoci.compile.run.Sandbox;
import io.github.prosodyoci.compile.split.BuiltPackage;
import io.github.prosodyoci.compile.split.InstalledFile;
import io.github.prosodyoci.compile.split.InstalledTree;
import io.github.prosodyoci.compile.split.PackageAssembler;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Folders;
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
  private static final String BUILDER = "3";

  private static final String ENGINE = Encoding.version() + " " + BUILDER;

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
   * @param buildRoot the build root's digest
   */
  NodeResult build(Sysroot sysroot, Sysroot hostSysroot, Digest buildRoot)
      throws IOException, InterruptedException {
    Digest key = key(sysroot, hostSysroot, buildRoot);
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

  private Digest key(Sysroot sysroot, Sysroot hostSysroot, Digest buildRoot) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("engine", ENGINE);
    all.put("recipe", recipe.content(platform.apkArchitecture()));
    all.put("platform", platform.toString());
    all.put("timestamp", context.timestamp());
    all.put("buildRoot", buildRoot.toString());
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
    BuildRoot root = context.machine().root();
    Sandbox sandbox = folder.sandbox(isolation);
    StepPrograms programs = new StepPrograms(root, folder.root(), sandbox, folder.bin());
    programs.addAll();
    sysroot.extract(folder.sysroot());
    programs.addTarget(platform, folder.sysroot());
    if (!recipe.hostDependencies().isEmpty()) {
      hostSysroot.extract(folder.hostSysroot());
      programs.addHost(context.host(), folder.hostSysroot());
    }
    new SourceLayout(recipe, platform, context.sources(), folder).layOut();
    StepRunner steps = new StepRunner(recipe, root, folder, sandbox, context, critical);
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
