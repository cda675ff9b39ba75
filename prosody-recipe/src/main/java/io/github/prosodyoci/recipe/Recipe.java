package io.github.prosodyoci.recipe;

import io.github.prosodyoci.core.Digest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How one upstream project is built (docs/recipes.md).
 *
 * @param file the recipe file
 * @param version upstream version
 * @param release the number of the recipe's own changes
 * @param url the project's page
 * @param license an SPDX expression
 * @param cpe vendor and product in NIST's vulnerability database, such as {@code openssl:openssl}
 * @param main the main package; its name is the recipe's
 * @param subpackages the other packages, in the order in which they choose files
 * @param sources its sources, for all targets
 * @param patches paths below the build folder, in the order of application
 * @param buildDependencies packages in the sysroot
 * @param hostDependencies packages in the sysroot of {@code HOSTCC}
 * @param environment further variables of each step
 * @param pipeline the steps
 * @param ownership paths with another owner or mode than usual
 * @param security statements on published vulnerabilities; they do not affect the build
 * @param sideFolder the folder of files beside the recipe
 * @param sideFiles digests of those files, by their paths below {@code sideFolder}
 */
public record Recipe(
    Path file,
    String version,
    int release,
    String url,
    String license,
    Optional<String> cpe,
    PackageSpec main,
    List<PackageSpec> subpackages,
    List<DeclaredSource> sources,
    List<String> patches,
    List<Requirement> buildDependencies,
    List<Requirement> hostDependencies,
    Map<String, String> environment,
    List<Step> pipeline,
    List<Ownership> ownership,
    List<SecurityStatement> security,
    Path sideFolder,
    SortedMap<String, Digest> sideFiles) {

  /** Makes it immutable. */
  public Recipe {
    subpackages = List.copyOf(subpackages);
    sources = List.copyOf(sources);
    patches = List.copyOf(patches);
    buildDependencies = List.copyOf(buildDependencies);
    hostDependencies = List.copyOf(hostDependencies);
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    pipeline = List.copyOf(pipeline);
    ownership = List.copyOf(ownership);
    security = List.copyOf(security);
    sideFiles = Collections.unmodifiableSortedMap(new TreeMap<>(sideFiles));
  }

  /** Returns the recipe's name, which is that of its main package. */
  public String name() {
    return main.name();
  }

  /** Returns the version of the packages, such as {@code 5.4.7-r0}. */
  public String packageVersion() {
    return version + "-r" + release;
  }

  /** Returns the sources for a target architecture, in their order. */
  public List<DeclaredSource> sourcesFor(String apkArchitecture) {
    return sources.stream()
        .filter(source -> source.arch().map(apkArchitecture::equals).orElse(true))
        .toList();
  }

  /** Returns all packages: the main one first. */
  public List<PackageSpec> packages() {
    List<PackageSpec> all = new ArrayList<>();
    all.add(main);
    all.addAll(subpackages);
    return all;
  }

  /**
   * Returns all that the built bytes depend on: everything but origins, evidence, statements on
   * vulnerabilities, the name in their database, and comments. Maps and lists of texts only, ready
   * to be written as JSON.
   *
   * @param apkArchitecture the target architecture
   */
  public Map<String, Object> content(String apkArchitecture) {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("name", name());
    content.put("version", packageVersion());
    content.put("url", url);
    content.put("license", license);
    content.put("packages", packages().stream().map(Recipe::content).toList());
    content.put(
        "sources",
        sourcesFor(apkArchitecture).stream()
            .map(
                source ->
                    List.of(
                        source.source().file(),
                        source.source().sha256().toString(),
                        source.unpack().orElse(".")))
            .toList());
    content.put("patches", patches);
    content.put("environment", environment);
    content.put(
        "pipeline", pipeline.stream().map(step -> List.of(step.name(), step.run())).toList());
    content.put(
        "ownership",
        ownership.stream()
            .map(
                owner ->
                    List.of(
                        owner.path(),
                        owner.user(),
                        owner.group(),
                        owner.mode().map(Integer::toOctalString).orElse("")))
            .toList());
    content.put("files", sideFiles);
    return content;
  }

  private static Map<String, Object> content(PackageSpec spec) {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("name", spec.name());
    content.put("description", spec.description());
    content.put("files", spec.files());
    content.put("runtime", spec.runtime());
    content.put("provides", spec.provides());
    content.put("replaces", spec.replaces());
    content.put("provider-priority", spec.providerPriority());
    content.put("scripts", spec.scripts());
    return content;
  }
}
