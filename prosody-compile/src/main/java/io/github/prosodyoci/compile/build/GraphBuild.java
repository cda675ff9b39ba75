package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.build.BuildGraph.Node;
import io.github.prosodyoci.compile.buildroot.BuildRootUnpacker;
import io.github.prosodyoci.compile.cache.PackageCache;
import io.github.prosodyoci.compile.cache.StatementKey;
import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.report.CompileListener;
import io.github.prosodyoci.compile.run.IsolationProbe;
import io.github.prosodyoci.compile.run.ProcessRunner;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.fetch.store.ContentStore;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.recipe.Requirement;
import io.github.prosodyoci.recipe.Source;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Builds all recipes of a graph, or takes their packages from the cache. */
public final class GraphBuild {

  private final BuildSettings settings;
  private final IsolationProbe probe;
  private final CompileListener listener;
  private final ContentStore store;

  /**
   * Creates a build.
   *
   * @param probe finds out how steps can be isolated
   */
  public GraphBuild(BuildSettings settings, IsolationProbe probe, CompileListener listener) {
    this.settings = settings;
    this.probe = probe;
    this.listener = listener;
    this.store = new ContentStore(settings.cache());
  }

  /**
   * Builds what is not in the cache.
   *
   * @param root the packages of the build root
   * @param repositories provide the packages that no recipe makes, by the platform that they are
   *     for
   * @return the packages of each recipe and platform, in the order of the graph
   * @throws io.github.prosodyoci.core.FailureException if something cannot be built
   * @throws IOException if the cache cannot be read or written
   * @throws InterruptedException if this thread is interrupted; all steps are stopped
   */
  public List<NodeResult> run(
      BuildGraph graph, List<Source> root, Map<Platform, List<PackageRepository>> repositories)
      throws IOException, InterruptedException {
    Digest digest = BuildRootUnpacker.digest(root);
    BuildTimes times = BuildTimes.read(settings.cache().resolve("build-times.json"));
    List<Digest> stored = Collections.synchronizedList(new ArrayList<>());
    PackageCache packages =
        PackageCache.open(
            settings.cache().resolve("packages"),
            StatementKey.open(settings.cacheKey()),
            settings.rebuild(),
            listener::warn);
    try (ProcessRunner runner = new ProcessRunner(settings.limits());
        ProgressReport progress = new ProgressReport(listener, costs(graph, times))) {
      // Ctrl-C ends Maven at once; what runs must not outlive it.
      Thread hook = new Thread(runner::close, "prosody-compile shutdown");
      Runtime.getRuntime().addShutdownHook(hook);
      try {
        BuildMachine machine =
            new BuildMachine(settings, root, this::file, runner, probe, listener);
        BuildContext context =
            new BuildContext(
                settings.cache().resolve("build"),
                packages,
                settings.host().platform(),
                machine,
                this::file,
                runner,
                settings.jobsPerStep(),
                settings.timestamp().getEpochSecond(),
                listener);
        List<NodeResult> results =
            new Scheduler(graph, node -> cost(node, times))
                .run(
                    settings.recipesAtOnce(),
                    (node, done, urgent) -> {
                      progress.stage(node, "waiting");
                      long start = System.nanoTime();
                      NodeResult result =
                          new RecipeBuilder(
                                  node, context, urgent, stage -> progress.stage(node, stage))
                              .build(
                                  sysroot(
                                      node.recipe().buildDependencies(),
                                      node.platform(),
                                      done,
                                      repositories.getOrDefault(node.platform(), List.of())),
                                  sysroot(
                                      node.recipe().hostDependencies(),
                                      context.host(),
                                      done,
                                      repositories.getOrDefault(context.host(), List.of())),
                                  digest);
                      if (!result.cached()) {
                        stored.add(result.key());
                        times.built(node, Duration.ofNanos(System.nanoTime() - start));
                      }
                      progress.done(result);
                      return result;
                    },
                    runner::close);
        machine.confirmRoot();
        if (!stored.isEmpty()) {
          times.write();
        }
        return results;
      } catch (FailureException e) {
        if (e.failureCode() == CompileCode.BUILD_ROOT_CHANGED) {
          // Made by programs that may not have been the pinned ones.
          for (Digest key : stored) {
            packages.discard(key);
          }
        }
        throw e;
      } finally {
        removeHook(hook);
      }
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is shutting down already, and the hook is running.
    }
  }

  private static Sysroot sysroot(
      List<Requirement> requirements,
      Platform platform,
      List<NodeResult> done,
      List<PackageRepository> repositories)
      throws IOException {
    return Sysroot.of(
        requirements,
        platform,
        done.stream().filter(result -> result.node().platform() == platform).toList(),
        repositories);
  }

  private Map<Node, Long> costs(BuildGraph graph, BuildTimes times) {
    return graph.nodes().keySet().stream()
        .collect(Collectors.toMap(node -> node, node -> cost(node, times)));
  }

  private long cost(Node node, BuildTimes times) {
    return times.cost(node, sourceBytes(node));
  }

  private long sourceBytes(Node node) {
    return node.recipe().sourcesFor(node.platform().apkArchitecture()).stream()
        .mapToLong(source -> store.sizeHint(source.source().sha256()))
        .sum();
  }

  private Path file(Source source) {
    return store
        .find(source.sha256())
        .orElseThrow(
            () ->
                Failure.of(
                        CompileCode.SOURCE_MISSING,
                        "find",
                        source.file(),
                        "the cache " + settings.cache() + " has no file " + source.sha256())
                    .toException());
  }
}
