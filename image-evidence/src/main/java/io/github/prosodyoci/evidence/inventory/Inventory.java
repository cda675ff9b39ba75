package io.github.prosodyoci.evidence.inventory;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.archive.Layer;
import io.github.prosodyoci.evidence.input.ImageFile;
import io.github.prosodyoci.evidence.input.ImageFiles;
import io.github.prosodyoci.evidence.input.InstalledPackage;
import io.github.prosodyoci.evidence.input.PackagesJson;
import io.github.prosodyoci.evidence.input.PackagesJson.Recipe;
import io.github.prosodyoci.evidence.input.PackagesJson.RootPackage;
import io.github.prosodyoci.evidence.input.VerificationJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * All that is in an image, and what it was made with.
 *
 * @param image the image
 * @param layers its layers, the lowest first
 * @param packages its packages, in the order of its database
 * @param ownFiles files that belong to no package
 * @param buildInputs what was used to make it
 */
public record Inventory(
    Subject image,
    List<Layer> layers,
    List<Component> packages,
    List<ImageFile> ownFiles,
    List<BuildInput> buildInputs) {

  /** Copies the lists. */
  public Inventory {
    layers = List.copyOf(layers);
    packages = List.copyOf(packages);
    ownFiles = List.copyOf(ownFiles);
    buildInputs = List.copyOf(buildInputs);
  }

  /**
   * Returns the inventory of an image.
   *
   * @param files the files of its layers
   * @param built the packages that were built for it
   * @param verified the sources that were verified for it
   */
  public static Inventory of(
      Subject image,
      List<Layer> layers,
      ImageFiles files,
      PackagesJson built,
      VerificationJson verified) {
    List<InstalledPackage> installed = files.packages();
    Map<String, Recipe> recipes =
        built.recipes().stream().collect(Collectors.toMap(Recipe::name, each -> each));
    Map<String, String> purls = new HashMap<>();
    for (InstalledPackage each : installed) {
      purls.put(each.name(), purl(each, recipes, files.distribution()));
    }
    Map<String, InstalledPackage> providers = providers(installed);
    Map<String, ImageFile> byPath =
        files.files().stream().collect(Collectors.toMap(ImageFile::path, each -> each));
    Set<String> owned = new HashSet<>();
    List<Component> packages = new ArrayList<>();
    for (InstalledPackage each : installed) {
      List<ImageFile> own =
          each.files().stream().filter(byPath::containsKey).map(byPath::get).toList();
      own.forEach(file -> owned.add(file.path()));
      packages.add(
          new Component(
              each,
              String.valueOf(purls.get(each.name())),
              layer(each, own, layers),
              recipe(each, recipes),
              own,
              dependencies(each, providers).stream()
                  .map(name -> String.valueOf(purls.get(name)))
                  .toList()));
    }
    return new Inventory(
        image,
        layers,
        packages,
        files.files().stream().filter(file -> !owned.contains(file.path())).toList(),
        buildInputs(installed, built, verified));
  }

  private static Optional<Recipe> recipe(InstalledPackage each, Map<String, Recipe> recipes) {
    return Optional.ofNullable(recipes.get(each.origin()))
        .filter(
            recipe ->
                recipe.version().equals(each.version())
                    && recipe.packages().stream().anyMatch(p -> p.name().equals(each.name())));
  }

  private static String purl(
      InstalledPackage each, Map<String, Recipe> recipes, String distribution) {
    // Advisories of a distribution do not hold for what was built here.
    String namespace = recipe(each, recipes).isPresent() ? Identifiers.OWN_NAMESPACE : distribution;
    return Identifiers.apkPurl(
        namespace, each.name(), each.version(), each.architecture(), distribution);
  }

  private static Layer layer(InstalledPackage each, List<ImageFile> own, List<Layer> layers) {
    return layers.stream()
        .filter(layer -> layer.contents().contains(each.nameAndVersion()))
        .findFirst()
        .orElseGet(() -> layers.get(own.isEmpty() ? layers.size() - 1 : own.get(0).layer()));
  }

  /** Returns which package provides what: its own name, and what it says it provides. */
  private static Map<String, InstalledPackage> providers(List<InstalledPackage> installed) {
    Map<String, InstalledPackage> providers = new HashMap<>();
    for (InstalledPackage each : installed) {
      providers.put(each.name(), each);
      each.provides().forEach(word -> providers.putIfAbsent(name(word), each));
    }
    return providers;
  }

  private static Set<String> dependencies(
      InstalledPackage each, Map<String, InstalledPackage> providers) {
    return each.dependencies().stream()
        .map(word -> providers.get(name(word)))
        .filter(provider -> provider != null && !provider.equals(each))
        .map(InstalledPackage::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Returns the name in a dependency: what precedes a constraint or the tag of a repository. */
  private static String name(String word) {
    return word.split("[<>=~@]", 2)[0];
  }

  private static List<BuildInput> buildInputs(
      List<InstalledPackage> installed, PackagesJson built, VerificationJson verified) {
    Set<String> inImage =
        installed.stream().map(InstalledPackage::origin).collect(Collectors.toSet());
    Map<String, String> versions = new HashMap<>();
    built.recipes().forEach(recipe -> versions.put(recipe.name(), recipe.upstreamVersion()));
    Map<Digest, RootPackage> debian = new HashMap<>();
    if (built.buildRoot() != null) {
      versions.put(built.buildRoot().name(), built.buildRoot().version());
      built.buildRoot().packages().forEach(each -> debian.put(each.sha256(), each));
    }
    return verified.sources().stream()
        .filter(source -> !inImage.contains(source.recipe()))
        .map(
            source -> {
              Optional<RootPackage> deb = Optional.ofNullable(debian.get(source.sha256()));
              return new BuildInput(
                  source.recipe(),
                  source.file(),
                  source.sha256(),
                  deb.map(RootPackage::version)
                      .or(() -> Optional.ofNullable(versions.get(source.recipe()))),
                  deb);
            })
        .toList();
  }
}
