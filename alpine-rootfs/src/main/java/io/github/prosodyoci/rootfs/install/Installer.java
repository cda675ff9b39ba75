package io.github.prosodyoci.rootfs.install;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.apk.Apk;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.resolve.Reason;
import io.github.prosodyoci.packages.resolve.Resolver;
import io.github.prosodyoci.packages.resolve.Selected;
import io.github.prosodyoci.packages.resolve.Solution;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Chooses what a world needs and lays it down in layers: packages stream from their files into
 * tars, with owners and modes as the packages say. No script is run and nothing is unpacked.
 */
public final class Installer {

  private final InstallRequest request;

  /** Creates an installer. */
  public Installer(InstallRequest request) {
    this.request = request;
  }

  /**
   * Writes the layers.
   *
   * @param inputs the digest of all that the layers are made of, for the report
   * @return what the layers hold; its files are relative to the request's output folder
   * @throws IOException if something cannot be read or written
   * @throws FailureException if the world cannot be, or a package cannot be trusted or laid down
   */
  public RootfsReport install(Digest inputs) throws IOException {
    List<Dependency> world =
        request.layers().stream().flatMap(layer -> layer.world().stream()).distinct().toList();
    Solution solution =
        new Resolver(request.repositories().stream().map(PackageRepository::packages).toList())
            .resolve(world);
    Map<String, Integer> layerOf = LayerAssignment.of(solution, request.layers());

    long latest = request.timestamp().getEpochSecond();
    Installation installation = new Installation(request);
    for (int layer = 0; layer < request.layers().size(); layer++) {
      for (Selected selected : solution.packages()) {
        if (layerOf.getOrDefault(selected.name(), -1) == layer) {
          Apk apk = request.repositories().get(selected.repository()).open(selected.entry());
          installation.add(new InstalledPackage(selected, apk, layer, request.layout()));
        }
      }
      installation.endLayer(request.layers().get(layer).files());
    }
    // The topmost layer is small and changes with everything anyway.
    installation.addToLast(
        new ApkDatabase(installation.packages())
            .files(world, request.platform().apkArchitecture(), latest));

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
    return report(inputs, world, installation, layers);
  }

  private RootfsReport report(
      Digest inputs, List<Dependency> world, Installation installation, List<Layer> layers) {
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
