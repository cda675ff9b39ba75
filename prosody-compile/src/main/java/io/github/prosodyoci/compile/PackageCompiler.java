package io.github.prosodyoci.compile;

import io.github.prosodyoci.compile.build.BuildGraph;
import io.github.prosodyoci.compile.build.BuildSettings;
import io.github.prosodyoci.compile.build.GraphBuild;
import io.github.prosodyoci.compile.build.NodeResult;
import io.github.prosodyoci.compile.buildroot.RootInventory;
import io.github.prosodyoci.compile.report.CompileListener;
import io.github.prosodyoci.compile.report.PackagesReport;
import io.github.prosodyoci.compile.repository.RepositoryWriter;
import io.github.prosodyoci.compile.repository.SigningKeys;
import io.github.prosodyoci.compile.run.Isolation;
import io.github.prosodyoci.compile.run.IsolationProbe;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.EarlierReport;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.OwnCode;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.fetch.store.ContentStore;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.Signer;
import io.github.prosodyoci.recipe.BuildRootSpec;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.RecipeBook;
import io.github.prosodyoci.recipe.RecipeCode;
import io.github.prosodyoci.recipe.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Turns recipes and their verified sources into a signed repository of Alpine packages. */
public final class PackageCompiler {

  private final CompileListener listener;
  private final IsolationProbe probe;

  /** Creates a compiler. */
  public PackageCompiler(CompileListener listener) {
    this(listener, Isolation::probe);
  }

  PackageCompiler(CompileListener listener, IsolationProbe probe) {
    this.listener = listener;
    this.probe = probe;
  }

  /**
   * Builds all recipes whose packages are not in the cache, for all platforms at the same time, and
   * writes the repositories.
   *
   * @throws io.github.prosodyoci.core.FailureException if a recipe, a source, a step or the machine
   *     is not as it should be; the cache and the repository are still whole
   * @throws InterruptedException if this thread is interrupted; all steps are stopped
   */
  public CompileResult compile(CompileRequest request) throws InterruptedException {
    Path cache = request.settings().cache();
    try {
      return run(request);
    } catch (UncheckedIOException e) {
      IOException cause = e.getCause();
      throw FileFailures.of(
          "build", "the packages", cache, cause == null ? new IOException(e) : cause);
    } catch (IOException e) {
      throw FileFailures.of("build", "the packages", cache, e);
    }
  }

  private CompileResult run(CompileRequest request) throws IOException, InterruptedException {
    BuildSettings settings = request.settings();
    RecipeBook book = RecipeBook.read(request.recipes());
    BuildGraph graph =
        BuildGraph.of(
            book,
            request.targets().stream().map(CompileRequest.Target::platform).toList(),
            settings.host().platform());
    List<Dependency> world = graph.world().keySet().stream().map(Dependency::parse).toList();
    Map<Platform, List<PackageRepository>> repositories = new EnumMap<>(Platform.class);
    for (CompileRequest.Target target : request.targets()) {
      List<PackageRepository> opened = target.repositories().open(world);
      if (opened.isEmpty()) {
        graph.checkComplete(book);
      }
      repositories.put(target.platform(), opened);
    }
    TrustedSources.read(request.verification()).check(graph.sources(book, settings.host()));
    BuildRootSpec root = buildRoot(book, request.recipes());
    List<Source> packages =
        root.sources(settings.host()).stream().map(DeclaredSource::source).toList();
    List<NodeResult> results =
        new GraphBuild(settings, probe, listener).run(graph, packages, repositories);
    List<PackagesReport> reports =
        write(
            request,
            results,
            RootInventory.of(
                root, packages, new ContentStore(settings.cache()), knownRootPackages(request)));
    int cached = (int) results.stream().filter(NodeResult::cached).count();
    return new CompileResult(reports, results.size() - cached, cached);
  }

  /** Returns what earlier reports say of packages of build roots: reading 90 MB takes a second. */
  private static List<PackagesReport.RootPackage> knownRootPackages(CompileRequest request) {
    return request.targets().stream()
        // The writer of the repository says why a report is not used.
        .map(target -> EarlierReport.read(target.report(), PackagesReport.class, warning -> {}))
        .flatMap(Optional::stream)
        .map(PackagesReport::buildRoot)
        .flatMap(Stream::ofNullable)
        .flatMap(root -> root.packages().stream())
        .toList();
  }

  private static BuildRootSpec buildRoot(RecipeBook book, List<Path> recipes) {
    return book.buildRoot()
        .orElseThrow(
            () ->
                Failure.of(
                        RecipeCode.NO_BUILD_ROOT,
                        "build",
                        "the packages",
                        "no file among the recipes " + recipes + " declares a build root")
                    .toException());
  }

  private List<PackagesReport> write(
      CompileRequest request, List<NodeResult> results, PackagesReport.Root root)
      throws IOException, InterruptedException {
    Signer signer = SigningKeys.signer(request.signingKey(), request.settings().cache());
    try {
      Digest code = OwnCode.digest(PackageCompiler.class.getClassLoader());
      RepositoryWriter writer =
          new RepositoryWriter(request.output(), signer, code, listener::warn);
      List<PackagesReport> reports = new ArrayList<>();
      for (CompileRequest.Target target : request.targets()) {
        reports.add(writer.write(target.platform(), target.report(), results, root));
      }
      return reports;
    } catch (IOException e) {
      throw FileFailures.of("write", "the repository", request.output(), e);
    }
  }
}
