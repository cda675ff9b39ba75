package io.github.prosodyoci.compile.build;

import io.github.prosodyoci.compile.CompileException;
import io.github.prosodyoci.compile.source.VerifiedCopy;
import io.github.prosodyoci.compile.split.BuiltPackage;
import io.github.prosodyoci.compile.toolchain.CompilerRuntime;
import io.github.prosodyoci.core.Digest;
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
import java.util.Optional;
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
public record Sysroot(Platform platform, SortedMap<String, Content> packages) {

  /**
   * A package in the sysroot.
   *
   * @param digest stands for what is in it
   * @param provides the names it provides, without versions
   * @param file where it lies
   * @param fileDigest the file's digest; absent for a package of a repository, whose {@code digest}
   *     is that of its files
   */
  public record Content(
      String digest, Set<String> provides, Path file, Optional<Digest> fileDigest) {}

  /**
   * Returns the sysroot for what a recipe asks for.
   *
   * @param requirements what it asks for
   * @param available all that was built before
   * @param repositories where packages come from that no recipe makes
   * @throws CompileException if something is needed that was not built, and there are no
   *     repositories
   * @throws IOException if a package of a repository cannot be read
   * @throws io.github.prosodyoci.packages.PackagesException if the repositories do not have it
   *     either
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
          built.digest().toString(),
          names(built.provides().stream().map(Dependency::parse).toList()),
          files.getOrDefault(built, Path.of(built.file())),
          Optional.of(built.digest()));
    }

    void addFrom(List<PackageRepository> repositories) throws IOException {
      if (missing.isEmpty()) {
        return;
      }
      if (repositories.isEmpty()) {
        Need first = missing.values().iterator().next();
        throw new CompileException(
            "Could not lay out a sysroot: "
                + first.by()
                + " needs "
                + first.name()
                + ", which no recipe built before provides. Add the package that does to the"
                + " build-dependencies.");
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
            new Content(
                apk.dataHash(), names(apk.info().provides()), apk.file(), Optional.empty()));
      }
    }

    private static Set<String> names(List<Dependency> dependencies) {
      Set<String> names = new TreeSet<>();
      dependencies.forEach(dependency -> names.add(dependency.name()));
      return names;
    }
  }

  /** Returns the packages' names with their digests, as part of a key. */
  public List<List<String>> content() {
    List<List<String>> result = new ArrayList<>();
    packages.forEach((name, content) -> result.add(List.of(name, content.digest())));
    return result;
  }

  /** Returns all that the packages provide, without versions. */
  public Set<String> provided() {
    Set<String> result = new TreeSet<>();
    packages.values().forEach(content -> result.addAll(content.provides()));
    return result;
  }

  private static void extract(Content content, Path folder) throws IOException {
    if (content.fileDigest().isEmpty()) {
      Apk apk = Apk.read(content.file());
      if (!apk.dataHash().equals(content.digest())) {
        throw new CompileException(
            "Could not use "
                + content.file()
                + ": expected datahash "
                + content.digest()
                + ", found "
                + apk.dataHash()
                + " (source-changed). It has changed since it was verified. Find out what writes"
                + " there, and run the build again.");
      }
      apk.extract(folder);
      return;
    }
    Path copy = folder.resolveSibling(folder.getFileName() + ".apk");
    try {
      VerifiedCopy.of(content.file(), copy, content.fileDigest().get()).close();
      Apk.read(copy).extract(folder);
    } finally {
      Files.deleteIfExists(copy);
    }
  }

  /**
   * Lays the packages out below a folder.
   *
   * @throws IOException if a package cannot be read or the folder not be written
   */
  public void extract(Path folder) throws IOException {
    Files.createDirectories(folder);
    for (Content content : packages.values()) {
      extract(content, folder);
    }
    CompilerRuntime.link(folder, platform);
    // In Alpine 3.23 and later the loader lies below /usr, and a link that no package has leads
    // there.
    String loader = "ld-musl-" + platform.apkArchitecture() + ".so.1";
    if (Files.exists(folder.resolve("usr/lib").resolve(loader))
        && !Files.exists(folder.resolve("lib"))) {
      Files.createSymbolicLink(folder.resolve("lib"), Path.of("usr/lib"));
    }
  }
}
