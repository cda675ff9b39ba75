package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.CompileException;
import io.github.prosodyoci.compile.CompileListener;
import io.github.prosodyoci.compile.CompileRequest;
import io.github.prosodyoci.compile.build.BuildGraph.Node;
import io.github.prosodyoci.compile.cache.PackageCache;
import io.github.prosodyoci.compile.cache.StatementKey;
import io.github.prosodyoci.compile.run.ProcessRunner;
import io.github.prosodyoci.compile.toolchain.ToolchainUnpacker;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.fetch.ContentStore;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.RecipeBook;
import io.github.prosodyoci.recipe.Requirement;
import io.github.prosodyoci.recipe.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds all recipes of a graph, or finds them built. */
public final class GraphBuild {

  private final CompileRequest request;
  private final CompileListener listener;
  private final ContentStore store;

  /** Creates a build. */
  public GraphBuild(CompileRequest request, CompileListener listener) {
    this.request = request;
    this.listener = listener;
    this.store = new ContentStore(request.cache());
  }

  /**
   * Builds what is not in the cache.
   *
   * @param repositories what gives the packages that no recipe makes
   * @return the packages of each recipe and platform, in the order of the graph
   * @throws CompileException if something cannot be built
   * @throws IOException if the cache cannot be read or written
   * @throws InterruptedException if this thread is interrupted; all steps are stopped
   */
  public List<NodeResult> run(
      RecipeBook book, BuildGraph graph, List<PackageRepository> repositories)
      throws IOException, InterruptedException {
    Optional<DeclaredSource> compiler =
        book.toolchain().map(toolchain -> toolchain.source(request.host()));
    Optional<Digest> toolchain =
        compiler.map(source -> ToolchainUnpacker.digest(source.source().sha256()));
    PackageCache packages =
        PackageCache.open(
            request.cache().resolve("packages"),
            StatementKey.open(request.cacheKey()),
            request.rebuild(),
            listener::warn);
    try (ProcessRunner runner = new ProcessRunner(request.limits());
        ProgressReport progress = new ProgressReport(listener, graph.nodes().size())) {
      // Ctrl-C ends Maven at once; what runs must not outlive it.
      Thread hook = new Thread(runner::close, "prosody-compile shutdown");
      Runtime.getRuntime().addShutdownHook(hook);
      try {
        BuildContext context =
            new BuildContext(
                request.cache().resolve("build"),
                packages,
                hostPlatform(),
                new BuildMachine(request, compiler, this::file, runner, listener),
                this::file,
                runner,
                // Several recipes share the cores; each one more costs memory.
                Math.min(request.jobs(), 8 + request.jobs() / 4),
                request.timestamp().getEpochSecond(),
                listener);
        Map<Node, NodeResult> results =
            new Scheduler(graph, this::cost)
                .run(
                    recipesAtOnce(request.jobs()),
                    (node, done, urgent) ->
                        work(node, done, urgent, repositories, context, toolchain, progress),
                    runner::close);
        return List.copyOf(results.values());
      } finally {
        removeHook(hook);
      }
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The machine is going down already, and the hook with it.
    }
  }

  private NodeResult work(
      Node node,
      List<NodeResult> done,
      boolean urgent,
      List<PackageRepository> repositories,
      BuildContext context,
      Optional<Digest> toolchain,
      ProgressReport progress)
      throws IOException, InterruptedException {
    progress.stage(node, "waiting");
    RecipeBuilder builder =
        new RecipeBuilder(node, context, urgent, stage -> progress.stage(node, stage));
    NodeResult result =
        builder.build(
            sysroot(node.recipe().buildDependencies(), node.platform(), done, repositories),
            sysroot(node.recipe().hostDependencies(), context.host(), done, repositories),
            toolchain);
    progress.done(result);
    return result;
  }

  private Sysroot sysroot(
      List<Requirement> requirements,
      Platform platform,
      List<NodeResult> done,
      List<PackageRepository> repositories)
      throws IOException {
    return Sysroot.of(
        requirements,
        platform,
        done.stream().filter(r -> r.node().platform() == platform).toList(),
        // Opened for one platform; another one's packages would be of no use.
        platform == request.platform() ? repositories : List.of());
  }

  /** Returns how many recipes to build at the same time, so that a build step finds cores too. */
  private static int recipesAtOnce(int jobs) {
    return jobs < 2 ? 1 : Math.min(6, 2 + jobs / 4);
  }

  /** Guesses how long a recipe takes: large sources take long. */
  private long cost(Node node) {
    return node.recipe().sourcesFor(node.platform().apkArchitecture()).stream()
        .mapToLong(source -> store.sizeHint(source.source().sha256()))
        .sum();
  }

  /** Returns the platform of programs that run on the building machine. */
  public Platform hostPlatform() {
    for (Platform platform : Platform.values()) {
      if (platform.apkArchitecture().equals(request.host().apkArchitecture())) {
        return platform;
      }
    }
    throw new CompileException(
        "Could not build on " + request.host() + ": none of our platforms runs there.");
  }

  private Path file(Source source) {
    return store
        .find(source.sha256())
        .orElseThrow(
            () ->
                new CompileException(
                    "Could not find the source "
                        + source.file()
                        + " ("
                        + source.sha256()
                        + ") in the cache "
                        + request.cache()
                        + ". Run the goal prosody-fetch:sources before."));
  }
}
