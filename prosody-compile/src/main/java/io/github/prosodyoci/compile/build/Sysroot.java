package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.buildroot.CompilerRuntime;
import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.compile.source.VerifiedCopy;
import io.github.prosodyoci.compile.split.BuiltPackage;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.packages.PackageRepository;
import io.github.prosodyoci.packages.apk.Apk;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.resolve.Resolver;
import io.github.prosodyoci.packages.resolve.Selected;
import io.github.prosodyoci.recipe.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The packages that a recipe is built against: those it asks for, and all that these need.
 *
 * @param platform what they run on
 * @param packages the packages, by name
 */
record Sysroot(Platform platform, SortedMap<String, Content> packages) {

  /**
   * A package in the sysroot.
   *
   * @param digest the digest of the file; for a package of a repository, whose file depends on the
   *     signing key too, the digest of the data in it (datahash)
   * @param provides the names it provides, without versions
   * @param file the package's file
   * @param fromRepository whether it comes from a repository
   */
  record Content(Digest digest, Set<String> provides, Path file, boolean fromRepository) {}

  /**
   * Returns the sysroot for what a recipe asks for.
   *
   * @param requirements what it asks for
   * @param available all that was built before
   * @param repositories provide the packages that no recipe makes
   * @throws io.github.prosodyoci.core.FailureException if something is needed that neither a recipe
   *     nor a repository provides
   * @throws IOException if a package of a repository cannot be read
   */
  static Sysroot of(
      List<Requirement> requirements,
      Platform platform,
      Collection<NodeResult> available,
      List<PackageRepository> repositories)
      throws IOException {
    Builder builder = new Builder(available);
    builder.add(requirements);
    builder.addFrom(repositories);
    return new Sysroot(platform, builder.chosen);
  }

  /** A package's name, and the line of a recipe, or the package, that needs it. */
  private record Need(String name, String by) {}

  private static final class Builder {
    private final Map<String, BuiltPackage> byName = new HashMap<>();
    private final Map<String, BuiltPackage> byProvided = new TreeMap<>();
    private final Map<BuiltPackage, Path> files = new HashMap<>();
    private final SortedMap<String, Content> chosen = new TreeMap<>();
    private final SortedMap<String, Need> missing = new TreeMap<>();

    Builder(Collection<NodeResult> available) {
      for (NodeResult result : available) {
        for (BuiltPackage built : result.packages()) {
          files.put(built, result.folder().resolve(built.file()));
          byName.put(built.name(), built);
          for (String provided : built.provides()) {
            byProvided.merge(
                Dependency.parse(provided).name(),
                built,
                (a, b) -> a.name().compareTo(b.name()) <= 0 ? a : b);
          }
        }
      }
    }

    void add(List<Requirement> requirements) {
      Deque<Need> open = new ArrayDeque<>();
      requirements.forEach(each -> open.add(new Need(each.name(), each.where().toString())));
      while (!open.isEmpty()) {
        Need next = open.removeFirst();
        BuiltPackage built = byName.getOrDefault(next.name(), byProvided.get(next.name()));
        if (built == null) {
          missing.putIfAbsent(next.name(), next);
        } else if (chosen.putIfAbsent(built.name(), content(built)) == null) {
          for (String text : built.depends()) {
            Dependency dependency = Dependency.parse(text);
            if (!dependency.conflict()) {
              open.add(new Need(dependency.name(), built.file()));
            }
          }
        }
      }
    }

    private Content content(BuiltPackage built) {
      return new Content(
          built.digest(),
          names(built.provides().stream().map(Dependency::parse).toList()),
          files.getOrDefault(built, Path.of(built.file())),
          false);
    }

    void addFrom(List<PackageRepository> repositories) throws IOException {
      if (missing.isEmpty()) {
        return;
      }
      if (repositories.isEmpty()) {
        Need first = missing.values().iterator().next();
        throw Failure.of(
                CompileCode.PACKAGE_MISSING,
                "find",
                first.name(),
                "no recipe built before provides it, and " + first.by() + " needs it")
            .advising("Add the package that provides it to the build-dependencies.")
            .toException();
      }
      List<Dependency> world = missing.keySet().stream().map(Dependency::parse).toList();
      for (Selected selected :
          new Resolver(repositories.stream().map(PackageRepository::packages).toList())
              .resolve(world)
              .packages()) {
        Apk apk = repositories.get(selected.repository()).open(selected.entry());
        // What a recipe makes goes first.
        chosen.putIfAbsent(
            selected.name(),
            new Content(apk.dataHash(), names(apk.info().provides()), apk.file(), true));
      }
    }

    private static Set<String> names(List<Dependency> dependencies) {
      Set<String> names = new TreeSet<>();
      dependencies.forEach(dependency -> names.add(dependency.name()));
      return names;
    }
  }

  /** Returns the packages' names with their digests, as part of a key. */
  List<List<String>> content() {
    List<List<String>> result = new ArrayList<>();
    packages.forEach((name, content) -> result.add(List.of(name, content.digest().toString())));
    return result;
  }

  /** Returns all that the packages provide, without versions. */
  Set<String> provided() {
    Set<String> result = new TreeSet<>();
    packages.values().forEach(content -> result.addAll(content.provides()));
    return result;
  }

  private static void extract(Content content, Path folder) throws IOException {
    if (content.fromRepository()) {
      Apk apk = Apk.read(content.file());
      if (!apk.dataHash().equals(content.digest())) {
        throw VerifiedCopy.changed(
            content.file(),
            "datahash " + content.digest().hex(),
            "datahash " + apk.dataHash().hex());
      }
      apk.extract(folder);
      return;
    }
    Path copy = folder.resolveSibling(folder.getFileName() + ".apk");
    try {
      VerifiedCopy.of(content.file(), copy, content.digest()).close();
      Apk.read(copy).extract(folder);
    } finally {
      Files.deleteIfExists(copy);
    }
  }

  /**
   * Extracts the packages into a folder.
   *
   * @throws IOException if a package cannot be read or the folder cannot be written
   */
  void extract(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (Content content : packages.values()) {
      extract(content, folder);
    }
    CompilerRuntime.link(folder, platform);
    // Alpine 3.23 and later have the loader below /usr, and a link to it that is in no package.
    String loader = "ld-musl-" + platform.muslArchitecture() + ".so.1";
    if (Files.exists(folder.resolve("usr/lib").resolve(loader))
        && !Files.exists(folder.resolve("lib"))) {
      Files.createSymbolicLink(folder.resolve("lib"), Path.of("usr/lib"));
    }
  }
}
