package io.github.prosodyoci.compile.split;

import io.github.prosodyoci.compile.CompileException;
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
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds by itself what packages provide and need, by the rules of abuild: shared objects ({@code
 * so:}), commands ({@code cmd:}), pkg-config modules ({@code pc:}), and the package that a link
 * leads into.
 */
public final class Discovery {

  private static final Set<String> LIBRARY_FOLDERS = Set.of("lib", "usr/lib");
  private static final Set<String> COMMAND_FOLDERS = Set.of("bin", "sbin", "usr/bin", "usr/sbin");
  private static final Set<String> MODULE_FOLDERS =
      Set.of("usr/lib/pkgconfig", "usr/share/pkgconfig");
  private static final Pattern SHARED_OBJECT = Pattern.compile(".*\\.so(\\.[0-9].*)?");
  private static final Pattern VERSION_AFTER = Pattern.compile(".*\\.so\\.([0-9].*)");
  private static final Pattern VERSION_BEFORE = Pattern.compile(".*-([0-9][^-]*)\\.so");

  private final Recipe recipe;
  private final PackageSplit split;
  private final Map<String, String> ownerByPath = new HashMap<>();
  private final Map<String, Found> found = new TreeMap<>();

  /**
   * What a package provides and needs, beside what its recipe states.
   *
   * @param provides such as {@code so:libssl.so.3=3}
   * @param depends such as {@code so:libc.musl-x86_64.so.1}; the value is the file that asks for it
   */
  public record Found(NavigableSet<String> provides, Map<String, String> depends) {}

  private Discovery(Recipe recipe, PackageSplit split) {
    this.recipe = recipe;
    this.split = split;
  }

  /**
   * Returns what each package of a recipe provides and needs.
   *
   * @throws IOException if a file cannot be read
   */
  public static Map<String, Found> of(Recipe recipe, PackageSplit split) throws IOException {
    Discovery discovery = new Discovery(recipe, split);
    discovery.run();
    return discovery.found;
  }

  /**
   * Checks that each needed shared object and pkg-config module is to be had.
   *
   * @param found what was found in the packages of a recipe
   * @param known what the packages of the sysroot provide, without versions
   * @throws CompileException if one is not
   */
  public static void check(Recipe recipe, Map<String, Found> found, Set<String> known) {
    Set<String> all = new TreeSet<>(known);
    for (Found each : found.values()) {
      each.provides().forEach(name -> all.add(bare(name)));
    }
    for (Found each : found.values()) {
      for (Map.Entry<String, String> depend : each.depends().entrySet()) {
        String name = bare(depend.getKey());
        if ((name.startsWith("so:") || name.startsWith("pc:")) && !all.contains(name)) {
          throw new CompileException(
              "Could not package "
                  + recipe.name()
                  + ": /"
                  + depend.getValue()
                  + " needs "
                  + name
                  + ", which neither this recipe nor any package in its sysroot provides. Add the"
                  + " package to build-dependencies in "
                  + recipe.file()
                  + ", or build without it.");
        }
      }
    }
  }

  /** Returns the name of a dependency without its version. */
  static String bare(String dependency) {
    return dependency.split("[<>=~]", 2)[0];
  }

  private void run() throws IOException {
    for (Map.Entry<PackageSpec, List<InstalledFile>> each : split.files().entrySet()) {
      found.put(each.getKey().name(), new Found(new TreeSet<>(), new TreeMap<>()));
      each.getValue().forEach(file -> ownerByPath.put(file.path(), each.getKey().name()));
    }
    for (Map.Entry<PackageSpec, List<InstalledFile>> each : split.files().entrySet()) {
      Found mine = found.getOrDefault(each.getKey().name(), new Found(new TreeSet<>(), Map.of()));
      for (InstalledFile file : each.getValue()) {
        provides(file, mine.provides());
      }
      for (InstalledFile file : each.getValue()) {
        depends(each.getKey().name(), each.getValue(), file, mine);
      }
    }
  }

  private void provides(InstalledFile file, NavigableSet<String> provides) throws IOException {
    if (LIBRARY_FOLDERS.contains(file.folder())) {
      sharedObject(file).ifPresent(provides::add);
    }
    if (COMMAND_FOLDERS.contains(file.folder())
        && (file.executable() || file.kind() == InstalledFile.Kind.SYMLINK)) {
      provides.add("cmd:" + file.name() + "=" + recipe.packageVersion());
    }
    if (isModule(file)) {
      String version = module(file).version();
      String name = "pc:" + file.name().replaceFirst("\\.pc$", "");
      provides.add(version.isEmpty() || !Version.isValid(version) ? name : name + "=" + version);
    }
  }

  private static boolean isModule(InstalledFile file) {
    return MODULE_FOLDERS.contains(file.folder())
        && file.kind() == InstalledFile.Kind.FILE
        && file.name().endsWith(".pc");
  }

  private static PkgConfig module(InstalledFile file) throws IOException {
    return PkgConfig.parse(Files.readString(file.file(), StandardCharsets.ISO_8859_1));
  }

  private static Optional<String> sharedObject(InstalledFile file) {
    if (file.elf().isEmpty() || !file.elf().get().loadable()) {
      return Optional.empty();
    }
    String soname = file.elf().get().soname().orElse(file.name());
    if (!SHARED_OBJECT.matcher(soname).matches() || soname.contains("/")) {
      return Optional.empty();
    }
    // As abuild: the version stands in the file's name, or else in the soname (musl's loader).
    String version = "0";
    for (String name : List.of(soname, file.name())) {
      Matcher after = VERSION_AFTER.matcher(name);
      Matcher before = VERSION_BEFORE.matcher(name);
      String candidate = after.matches() ? after.group(1) : before.matches() ? before.group(1) : "";
      if (!candidate.isEmpty() && Version.isValid(candidate)) {
        version = candidate;
      }
    }
    return Optional.of("so:" + soname + "=" + version);
  }

  private void depends(String name, List<InstalledFile> siblings, InstalledFile file, Found mine)
      throws IOException {
    if (file.elf().isPresent() && file.elf().get().loadable()) {
      for (String needed : file.elf().get().needed()) {
        boolean own =
            mine.provides().stream().anyMatch(provided -> bare(provided).equals("so:" + needed))
                || siblings.stream().anyMatch(sibling -> sibling.name().equals(needed));
        if (!own) {
          mine.depends().putIfAbsent("so:" + needed, file.path());
        }
      }
    }
    if (file.kind() == InstalledFile.Kind.SYMLINK) {
      String owner = ownerByPath.get(target(file));
      if (owner != null && !owner.equals(name)) {
        mine.depends().putIfAbsent(owner + "=" + recipe.packageVersion(), file.path());
      }
    }
    if (isModule(file)) {
      for (String module : module(file).requires()) {
        boolean own = mine.provides().stream().anyMatch(p -> bare(p).equals("pc:" + bare(module)));
        if (!own) {
          mine.depends().putIfAbsent("pc:" + module, file.path());
        }
      }
    }
  }

  private static String target(InstalledFile link) {
    Path root = Path.of("/");
    Path resolved = root.resolve(link.folder()).resolve(link.link()).normalize();
    return root.relativize(resolved).toString();
  }
}
