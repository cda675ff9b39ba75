package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.index.IndexEntry;
import io.github.prosodyoci.packages.resolve.Reason;
import io.github.prosodyoci.packages.resolve.Resolver;
import io.github.prosodyoci.packages.resolve.Selected;
import io.github.prosodyoci.packages.resolve.Solution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Chooses what a world needs and lays it down in layers: packages stream from their files into
 * tars, with owners and modes as the packages say. No script is run and nothing is unpacked.
 */
public final class Installer {

  private static final String REPORT = "rootfs.json";

  private final Consumer<String> log;

  /**
   * Creates an installer.
   *
   * @param log receives one line that says why an existing report is not used
   */
  public Installer(Consumer<String> log) {
    this.log = log;
  }

  /**
   * Writes the layers and {@code rootfs.json}, unless they are there already, made of the same.
   *
   * @throws IOException if something cannot be read or written
   * @throws FailureException if the world has no solution, or a package cannot be trusted or
   *     installed; no report is left then
   */
  public InstallResult install(InstallRequest request) throws IOException {
    Path reportFile = request.output().resolve(REPORT);
    Digest inputs = Inputs.of(request);
    Optional<RootfsReport> before =
        request.force() ? Optional.empty() : Inputs.unchanged(reportFile, inputs, log);
    if (before.isPresent()) {
      return new InstallResult(before.get(), true);
    }
    Files.deleteIfExists(reportFile);
    RootfsReport report = layers(request, inputs);
    Json.write(reportFile, report);
    return new InstallResult(report, false);
  }

  private static RootfsReport layers(InstallRequest request, Digest inputs) throws IOException {
    Optional<BaseRoot> base = Optional.empty();
    if (request.base().isPresent()) {
      base = Optional.of(BaseRoot.read(request.base().get(), request.platform()));
    }
    List<Dependency> asked =
        request.layers().stream().flatMap(layer -> layer.world().stream()).distinct().toList();
    List<Dependency> world = world(base, asked);
    List<IndexEntry> installed =
        base.stream().flatMap(root -> root.packages().stream()).map(BasePackage::entry).toList();
    Solution solution =
        new Resolver(
                request.repositories().stream().map(PackageRepository::packages).toList(),
                installed)
            .resolve(world);
    Map<String, Integer> layerOf = LayerAssignment.of(solution, request.layers());

    long latest = request.timestamp().getEpochSecond();
    Installation installation = new Installation(request, base);
    for (BasePackage each : installation.staying()) {
      if (solution.find(each.info().name()).isEmpty()) {
        installation.remove(each);
      }
    }
    for (int layer = 0; layer < request.layers().size(); layer++) {
      for (Selected selected : solution.packages()) {
        // What only the base asks for, such as another version of its packages, goes first.
        if (layerOf.getOrDefault(selected.name(), 0) == layer
            && !isInstalled(installed, selected.entry())) {
          PackageRepository repository = request.repositories().get(selected.repository());
          installation.add(
              new InstalledPackage(
                  selected,
                  repository.open(selected.entry()),
                  layer,
                  request.layout(),
                  repository.packages().tag()));
        }
      }
      if (layer == request.layers().size() - 1) {
        installation.trigger();
      }
      installation.endLayer(request.layers().get(layer).files());
    }
    // Files alone go on a base image, which has a database of its own.
    if (!installation.packages().isEmpty() || base.isPresent()) {
      // The topmost layer is small and changes with everything anyway.
      installation.addToLast(
          new ApkDatabase(installation.packages(), installation.staying(), base)
              .files(world, request.platform().apkArchitecture(), latest));
    }

    LayerWriter writer = new LayerWriter(installation.tree(), latest, request.output());
    List<Layer> layers = new ArrayList<>();
    for (int i = 0; i < request.layers().size(); i++) {
      int layer = i;
      List<InstalledPackage> packages =
          installation.packages().stream().filter(each -> each.layer() == layer).toList();
      List<String> contents = new ArrayList<>();
      packages.forEach(each -> contents.add(each.info().nameVersion()));
      installation.files(layer).values().stream()
          .filter(file -> file.entry().type() == TarEntry.Type.FILE)
          .forEach(file -> contents.add("/" + file.entry().path()));
      layers.add(
          writer.write(
              request.layers().get(i).name(), packages, installation.files(layer), contents));
    }
    return report(request, inputs, world, installation, layers);
  }

  /** Returns what is asked for: of two entries with one name, that of the layers counts. */
  private static List<Dependency> world(Optional<BaseRoot> base, List<Dependency> asked) {
    Set<String> names = asked.stream().map(Dependency::name).collect(Collectors.toSet());
    return Stream.concat(
            base.stream()
                .flatMap(root -> root.world().stream())
                .filter(entry -> !names.contains(entry.name())),
            asked.stream())
        .toList();
  }

  private static boolean isInstalled(List<IndexEntry> installed, IndexEntry entry) {
    return installed.stream()
        .anyMatch(
            each ->
                each.identity().equals(entry.identity())
                    && each.info().nameVersion().equals(entry.info().nameVersion()));
  }

  private static RootfsReport report(
      InstallRequest request,
      Digest inputs,
      List<Dependency> world,
      Installation installation,
      List<Layer> layers) {
    return new RootfsReport(
        request.platform(),
        inputs,
        layers,
        world.stream().map(Dependency::toString).sorted().toList(),
        installation.packages().stream()
            .map(
                each ->
                    new RootfsReport.Installed(
                        each.name(),
                        each.info().version(),
                        each.info().license(),
                        each.info().origin(),
                        request.layers().get(each.layer()).name(),
                        request
                            .repositories()
                            .get(each.selected().repository())
                            .packages()
                            .location(),
                        each.apk().identity(),
                        each.selected().why().stream().map(Reason::toString).toList()))
            .toList(),
        installation.scripts());
  }
}
