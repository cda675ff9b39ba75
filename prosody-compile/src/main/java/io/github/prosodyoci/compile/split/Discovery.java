package io.github.prosodyoci.compile.split;

import io.github.prosodyoci.compile.elf.ElfFile;
import io.github.prosodyoci.compile.report.CompileCode;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.Version;
import io.github.prosodyoci.recipe.PackageSpec;
import io.github.prosodyoci.recipe.Recipe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds what packages provide and need, by abuild's rules: shared objects ({@code so:}), commands
 * ({@code cmd:}), pkg-config modules ({@code pc:}), and the package that a link leads into.
 */
public final class Discovery {

  private static final Set<String> LIBRARY_FOLDERS = Set.of("lib", "usr/lib");
  private static final Set<String> COMMAND_FOLDERS = Set.of("bin", "sbin", "usr/bin", "usr/sbin");
  private static final Set<String> MODULE_FOLDERS =
      Set.of("usr/lib/pkgconfig", "usr/share/pkgconfig");
  private static final Pattern SHARED_OBJECT = Pattern.compile(".*\\.so(\\.[0-9].*)?");
  private static final Pattern SHARED_OBJECT_VERSION =
      Pattern.compile(".*\\.so\\.([0-9].*)|.*-([0-9][^-]*)\\.so");
  private static final Path ROOT = Path.of("/");

  private final Recipe recipe;
  private final Map<String, String> ownerByPath = new HashMap<>();

  /**
   * What a package provides and needs, besides what its recipe says.
   *
   * @param provides such as {@code so:libssl.so.3=3}
   * @param depends such as {@code so:libc.musl-x86_64.so.1}, with the file that needs it
   */
  public record Found(NavigableSet<String> provides, NavigableMap<String, String> depends) {

    private boolean isProvided(String name) {
      return provides.stream().anyMatch(provided -> bare(provided).equals(name));
    }
  }

  private Discovery(Recipe recipe, PackageSplit split) {
    this.recipe = recipe;
    split
        .files()
        .forEach((spec, files) -> files.forEach(f -> ownerByPath.put(f.path(), spec.name())));
  }

  /**
   * Returns what each package of a recipe provides and needs.
   *
   * @throws IOException if a file cannot be read
   */
  public static NavigableMap<String, Found> of(Recipe recipe, PackageSplit split)
      throws IOException {
    Discovery discovery = new Discovery(recipe, split);
    NavigableMap<String, Found> found = new TreeMap<>();
    for (Map.Entry<PackageSpec, List<InstalledFile>> each : split.files().entrySet()) {
      found.put(each.getKey().name(), discovery.found(each.getKey().name(), each.getValue()));
    }
    return found;
  }

  /**
   * Checks that each needed shared object and pkg-config module is available.
   *
   * @param found what was found in the packages of a recipe
   * @param known what the packages of the sysroot provide, without versions
   * @throws io.github.prosodyoci.core.FailureException if one is not
   */
  public static void check(Recipe recipe, Map<String, Found> found, Set<String> known) {
    Set<String> all = new TreeSet<>(known);
    found.values().forEach(each -> each.provides().forEach(name -> all.add(bare(name))));
    for (Found each : found.values()) {
      each.depends()
          .forEach(
              (dependency, file) -> {
                String name = bare(dependency);
                if ((name.startsWith("so:") || name.startsWith("pc:")) && !all.contains(name)) {
                  throw Failure.of(
                          CompileCode.DEPENDENCY_MISSING,
                          "package",
                          recipe.name(),
                          "/"
                              + file
                              + " needs "
                              + name
                              + ", which neither this recipe nor a package in its sysroot provides")
                      .advising(
                          "Add the package that provides it to build-dependencies in "
                              + recipe.file()
                              + ", or build without it.")
                      .toException();
                }
              });
    }
  }

  /** Returns the name in a dependency, without its version. */
  static String bare(String dependency) {
    return dependency.split("[<>=~]", 2)[0];
  }

  private Found found(String name, List<InstalledFile> files) throws IOException {
    Found found = new Found(new TreeSet<>(), new TreeMap<>());
    for (InstalledFile file : files) {
      addProvides(file, found);
    }
    for (InstalledFile file : files) {
      addDepends(name, file, files, found);
    }
    return found;
  }

  private void addProvides(InstalledFile file, Found found) throws IOException {
    if (LIBRARY_FOLDERS.contains(file.folder())) {
      sharedObject(file).ifPresent(found.provides()::add);
    }
    if (COMMAND_FOLDERS.contains(file.folder())
        && (file.executable() || file.kind() == InstalledFile.Kind.SYMLINK)) {
      found.provides().add("cmd:" + file.name() + "=" + recipe.packageVersion());
    }
    Optional<PkgConfig> module = module(file);
    if (module.isPresent()) {
      String name = "pc:" + file.name().replaceFirst("\\.pc$", "");
      String version = module.get().version();
      found
          .provides()
          .add(version.isEmpty() || !Version.isValid(version) ? name : name + "=" + version);
    }
  }

  private static Optional<PkgConfig> module(InstalledFile file) throws IOException {
    return MODULE_FOLDERS.contains(file.folder())
            && file.kind() == InstalledFile.Kind.FILE
            && file.name().endsWith(".pc")
        ? Optional.of(PkgConfig.parse(Files.readString(file.file(), StandardCharsets.ISO_8859_1)))
        : Optional.empty();
  }

  private static Optional<String> sharedObject(InstalledFile file) {
    if (file.elf().filter(ElfFile::loadable).isEmpty()) {
      return Optional.empty();
    }
    String soname = file.elf().flatMap(ElfFile::soname).orElse(file.name());
    if (!SHARED_OBJECT.matcher(soname).matches() || soname.contains("/")) {
      return Optional.empty();
    }
    // abuild's rule: the version is in the file's name, or else in the soname (musl's loader).
    return Optional.of(
        "so:" + soname + "=" + version(file.name()).or(() -> version(soname)).orElse("0"));
  }

  private static Optional<String> version(String name) {
    Matcher matcher = SHARED_OBJECT_VERSION.matcher(name);
    return matcher.matches()
        ? Optional.of(matcher.group(1) != null ? matcher.group(1) : matcher.group(2))
            .filter(Version::isValid)
        : Optional.empty();
  }

  private void addDepends(
      String name, InstalledFile file, List<InstalledFile> siblings, Found found)
      throws IOException {
    if (file.elf().filter(ElfFile::loadable).isPresent()) {
      for (String needed : file.elf().get().needed()) {
        if (!found.isProvided("so:" + needed)
            && siblings.stream().noneMatch(sibling -> sibling.name().equals(needed))) {
          found.depends().putIfAbsent("so:" + needed, file.path());
        }
      }
    }
    if (file.kind() == InstalledFile.Kind.SYMLINK) {
      String owner = ownerByPath.get(target(file));
      if (owner != null && !owner.equals(name)) {
        found.depends().putIfAbsent(owner + "=" + recipe.packageVersion(), file.path());
      }
    }
    for (String required : module(file).map(PkgConfig::requires).orElse(List.of())) {
      if (!found.isProvided("pc:" + bare(required))) {
        found.depends().putIfAbsent("pc:" + required, file.path());
      }
    }
  }

  private static String target(InstalledFile link) {
    Path resolved = ROOT.resolve(link.folder()).resolve(link.link()).normalize();
    return ROOT.relativize(resolved).toString();
  }
}
