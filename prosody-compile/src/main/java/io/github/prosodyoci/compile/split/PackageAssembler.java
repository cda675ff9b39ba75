package io.github.prosodyoci.compile.split;

import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Platform;
import io.github.prosodyoci.core.archive.TarEntry;
import io.github.prosodyoci.packages.apk.Dependency;
import io.github.prosodyoci.packages.apk.PackageFile;
import io.github.prosodyoci.packages.apk.PackageInfo;
import io.github.prosodyoci.packages.apk.PackageWriter;
import io.github.prosodyoci.packages.apk.ScriptType;
import io.github.prosodyoci.recipe.Ownership;
import io.github.prosodyoci.recipe.PackageSpec;
import io.github.prosodyoci.recipe.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Writes the packages of one recipe. */
public final class PackageAssembler {

  private final Recipe recipe;
  private final Platform platform;
  private final long timestamp;

  /**
   * Creates an assembler.
   *
   * @param timestamp the time of every file, in seconds since 1970-01-01T00:00:00Z
   */
  public PackageAssembler(Recipe recipe, Platform platform, long timestamp) {
    this.recipe = recipe;
    this.platform = platform;
    this.timestamp = timestamp;
  }

  /**
   * Writes the packages into a folder.
   *
   * @param installed what the build installed
   * @param known what the packages of the sysroot provide, without versions
   * @return the packages, the main one first
   * @throws io.github.prosodyoci.core.FailureException if the files are not what the recipe says
   * @throws IOException if a file cannot be read or written
   */
  public List<BuiltPackage> write(List<InstalledFile> installed, Set<String> known, Path folder)
      throws IOException {
    PackageSplit split = PackageSplit.of(recipe, installed);
    Map<String, Discovery.Found> found = Discovery.of(recipe, split);
    Discovery.check(recipe, found, known);
    checkOwnership(installed);
    List<BuiltPackage> result = new ArrayList<>();
    for (Map.Entry<PackageSpec, List<InstalledFile>> each : split.files().entrySet()) {
      Discovery.Found automatic = found.get(each.getKey().name());
      if (automatic != null) {
        result.add(write(each.getKey(), each.getValue(), automatic, folder));
      }
    }
    return result;
  }

  private BuiltPackage write(
      PackageSpec spec, List<InstalledFile> files, Discovery.Found found, Path folder)
      throws IOException {
    Set<String> depends = new TreeSet<>(spec.runtime());
    depends.addAll(found.depends().keySet());
    Set<String> provides = new TreeSet<>(spec.provides());
    provides.addAll(found.provides());
    PackageInfo info =
        PackageInfo.builder(spec.name(), recipe.packageVersion(), platform.apkArchitecture())
            .description(spec.description())
            .url(recipe.url())
            .license(recipe.license())
            .origin(recipe.name())
            .depends(depends.toArray(String[]::new))
            .provides(provides.toArray(String[]::new))
            .replaces(spec.replaces().toArray(String[]::new))
            .providerPriority(spec.providerPriority())
            .buildDate(timestamp)
            .build();
    Map<ScriptType, String> scripts = new EnumMap<>(ScriptType.class);
    spec.scripts().forEach((name, text) -> scripts.put(ScriptType.of(name).orElseThrow(), text));
    Path target = folder.resolve(info.fileName());
    PackageInfo written = new PackageWriter().write(target, info, scripts, entries(files));
    return new BuiltPackage(
        spec.name(),
        recipe.packageVersion(),
        info.fileName(),
        Digest.of(target),
        Files.size(target),
        recipe.license(),
        written.depends().stream().map(Dependency::toString).toList(),
        written.provides().stream().map(Dependency::toString).toList());
  }

  private void checkOwnership(List<InstalledFile> installed) {
    Set<String> paths = new HashSet<>();
    for (InstalledFile file : installed) {
      for (String path = file.path(); !path.isEmpty(); path = parent(path)) {
        paths.add(path);
      }
    }
    for (Ownership owner : recipe.ownership()) {
      if (!paths.contains(owner.path())) {
        throw Failure.of(
                CompileCode.PACKAGING,
                "package",
                recipe.name(),
                "no step installs " + owner.path() + ", whose owner is stated here")
            .at(owner.where())
            .advising("Create it in a step, or correct the path.")
            .toException();
      }
    }
  }

  private static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  private List<PackageFile> entries(List<InstalledFile> files) throws IOException {
    Map<String, PackageFile> entries = new TreeMap<>();
    for (InstalledFile file : files) {
      entries.put(file.path(), entry(file));
      for (String up = parent(file.path()); !up.isEmpty(); up = parent(up)) {
        entries.putIfAbsent(
            up, PackageFile.of(owned(TarEntry.directory(up, mode(up, 0755), timestamp))));
      }
    }
    return List.copyOf(entries.values());
  }

  private PackageFile entry(InstalledFile file) throws IOException {
    return switch (file.kind()) {
      case SYMLINK -> PackageFile.of(owned(TarEntry.symlink(file.path(), file.link(), timestamp)));
      case EMPTY_FOLDER ->
          PackageFile.of(
              owned(TarEntry.directory(file.path(), mode(file.path(), 0755), timestamp)));
      case FILE ->
          PackageFile.of(
              owned(
                  TarEntry.file(
                      file.path(),
                      mode(file.path(), file.executable() ? 0755 : 0644),
                      Files.size(file.file()),
                      timestamp)),
              file.file());
    };
  }

  private Optional<Ownership> ownership(String path) {
    return recipe.ownership().stream().filter(owner -> owner.path().equals(path)).findFirst();
  }

  private int mode(String path, int usual) {
    return ownership(path).flatMap(Ownership::mode).orElse(usual);
  }

  private TarEntry owned(TarEntry entry) {
    Optional<Ownership> owner = ownership(entry.path());
    if (owner.isEmpty()) {
      return entry;
    }
    String user = owner.get().user();
    String group = owner.get().group();
    return entry.withOwner(
        number(user), number(group), isNumber(user) ? "" : user, isNumber(group) ? "" : group);
  }

  private static boolean isNumber(String text) {
    return text.matches("[0-9]{1,9}");
  }

  private static int number(String text) {
    return isNumber(text) ? Integer.parseInt(text) : 0;
  }
}
