package io.github.prosodyoci.compile;

import io.github.prosodyoci.compile.build.BuildGraph;
import io.github.prosodyoci.compile.build.GraphBuild;
import io.github.prosodyoci.compile.build.NodeResult;
import io.github.prosodyoci.compile.repository.PackagesReport;
import io.github.prosodyoci.compile.repository.RepositoryWriter;
import io.github.prosodyoci.compile.repository.SigningKeys;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.PackagesException;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.Signer;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.RecipeBook;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Turns recipes and their verified sources into a signed repository of Alpine packages. */
public final class PackageCompiler {

  private final CompileListener listener;

  /** Creates a compiler. */
  public PackageCompiler(CompileListener listener) {
    this.listener = listener;
  }

  /**
   * What a build came to.
   *
   * @param report what was written to {@code packages.json}
   * @param builtRecipes how many recipes were built, host programs' included
   * @param cachedRecipes how many were in the cache
   */
  public record Outcome(PackagesReport report, int builtRecipes, int cachedRecipes) {

    /** Returns how many packages there are. */
    public int packages() {
      return report.recipes().stream().mapToInt(recipe -> recipe.packages().size()).sum();
    }
  }

  /**
   * Builds all recipes, as far as they are not in the cache, and writes the repository.
   *
   * @throws CompileException if a recipe, a source, a step or the machine is not as it should be;
   *     the cache and the repository are whole then
   * @throws InterruptedException if this thread is interrupted; all steps are stopped
   */
  public Outcome compile(CompileRequest request) throws InterruptedException {
    try {
      return run(request);
    } catch (PackagesException e) {
      throw new CompileException(String.valueOf(e.getMessage()), e);
    } catch (UncheckedIOException e) {
      throw CompileException.io("build the packages", request.cache(), new IOException(e));
    } catch (IOException e) {
      throw CompileException.io("build the packages", request.cache(), e);
    }
  }

  private Outcome run(CompileRequest request) throws IOException, InterruptedException {
    RecipeBook book = RecipeBook.read(request.recipes());
    GraphBuild build = new GraphBuild(request, listener);
    BuildGraph graph = BuildGraph.of(book, request.platform(), build.hostPlatform());
    checkHost(request, graph);
    List<PackageRepository> repositories =
        request
            .repositories()
            .open(graph.world().keySet().stream().map(Dependency::parse).toList());
    if (repositories.isEmpty()) {
      graph.checkComplete(book);
    }
    TrustedSources.read(request.verification()).check(sources(request, book, graph));
    List<NodeResult> results = build.run(book, graph, repositories);
    PackagesReport report = write(request, results, book);
    int cached = (int) results.stream().filter(NodeResult::cached).count();
    return new Outcome(report, results.size() - cached, cached);
  }

  private PackagesReport write(CompileRequest request, List<NodeResult> results, RecipeBook book)
      throws IOException, InterruptedException {
    Signer signer = SigningKeys.signer(request.signingKey(), request.cache());
    try {
      return new RepositoryWriter(request.output(), signer, listener::warn)
          .write(request.platform(), results, book.toolchain());
    } catch (IOException e) {
      throw CompileException.io("write the repository", request.output(), e);
    }
  }

  /** Programs that a build runs itself are linked against our musl, and so need Linux. */
  private static void checkHost(CompileRequest request, BuildGraph graph) {
    if (!request.host().toString().startsWith("linux-")) {
      for (BuildGraph.Node node : graph.nodes().keySet()) {
        if (!node.recipe().hostDependencies().isEmpty()) {
          throw new CompileException(
              "Could not build "
                  + node.recipe().name()
                  + " on "
                  + request.host()
                  + ": "
                  + node.recipe().hostDependencies().get(0).where()
                  + ": its build runs programs of its own, which are made for Linux. Build on"
                  + " Linux, on a machine or in a virtual one.");
        }
      }
    }
  }

  private static List<DeclaredSource> sources(
      CompileRequest request, RecipeBook book, BuildGraph graph) {
    List<DeclaredSource> sources = new ArrayList<>();
    book.toolchain().ifPresent(toolchain -> sources.add(toolchain.source(request.host())));
    Set<Digest> seen = new LinkedHashSet<>();
    for (BuildGraph.Node node : graph.nodes().keySet()) {
      for (DeclaredSource source : node.recipe().sourcesFor(node.platform().apkArchitecture())) {
        if (seen.add(source.source().sha256())) {
          sources.add(source);
        }
      }
    }
    return sources;
  }
}
