package io.github.prosodyoci.recipe;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Version;
import io.github.prosodyoci.recipe.yaml.YamlMap;
import io.github.prosodyoci.recipe.yaml.YamlNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads the keys of a recipe. */
final class RecipeReader {

  private static final Set<String> RECIPE_KEYS =
      Set.of(
          "package",
          "sources",
          "patches",
          "build-dependencies",
          "build-host-dependencies",
          "environment",
          "pipeline",
          "ownership",
          "subpackages",
          "security");
  private static final Set<String> PACKAGE_KEYS =
      Set.of(
          "name",
          "version",
          "release",
          "description",
          "url",
          "license",
          "cpe",
          "dependencies",
          "scripts");
  private static final Set<String> SUBPACKAGE_KEYS =
      Set.of("name", "description", "files", "dependencies", "scripts");
  private static final Set<String> DEPENDENCY_KEYS =
      Set.of("runtime", "provides", "replaces", "provider-priority");
  private static final Set<String> STEP_KEYS = Set.of("name", "run");
  private static final Set<String> OWNERSHIP_KEYS = Set.of("path", "owner", "mode");

  private static final Pattern LINE = Pattern.compile("[^\\x00-\\x1f]*\\S[^\\x00-\\x1f]*");
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9+_.-]*");
  private static final Pattern VERSION =
      Pattern.compile("[0-9]+(\\.[0-9]+)*[a-z]?(_[a-z]+[0-9]*)*");
  // apk-world(5): a name, a repository's tag, a constraint on the version.
  private static final Pattern DEPENDENCY =
      Pattern.compile(
          "!?[^\\s\\p{Cntrl}<>=~!@]+(@[^\\s\\p{Cntrl}<>=~!@]+)?([<>=~]{1,2}[0-9A-Za-z._-]+)?");
  private static final Set<String> SCRIPTS =
      Set.of(
          "pre-install",
          "post-install",
          "pre-upgrade",
          "post-upgrade",
          "pre-deinstall",
          "post-deinstall",
          "trigger");
  // NIST IR 7695, 5.3.2: what needs no quoting.
  private static final Pattern CPE = Pattern.compile("[a-z0-9_.-]+:[a-z0-9_.-]+");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern OWNER = Pattern.compile("[a-z0-9_][a-z0-9_-]*:[a-z0-9_][a-z0-9_-]*");
  private static final Pattern MODE = Pattern.compile("[0-7]{3,4}");

  private RecipeReader() {}

  static Recipe read(RecipeDocument document) {
    YamlMap root = document.root().rejectUnknown(RECIPE_KEYS);
    YamlMap main = root.map("package").rejectUnknown(PACKAGE_KEYS);
    String version = main.text("version", VERSION, "a version such as 5.4.7");
    int release = main.number("release", 0);
    if (release < 0 || !Version.isValid(version + "-r" + release)) {
      throw main.error("version", "'" + version + "' is not a version that Alpine can compare");
    }
    Path side = root.file().resolveSibling(RecipeDocument.stem(root.file()));
    List<String> patches = patches(root);
    return new Recipe(
        root.file(),
        version,
        release,
        line(main, "url"),
        line(main, "license"),
        cpe(main),
        spec(main, List.of()),
        subpackages(root, main.text("name")),
        document.sources(),
        patches,
        requirements(root, "build-dependencies"),
        requirements(root, "build-host-dependencies"),
        environment(root),
        pipeline(root),
        ownership(root),
        new SecurityReader(version, patches).read(root),
        side,
        sideFiles(side));
  }

  private static Optional<String> cpe(YamlMap main) {
    return main.find("cpe").isEmpty()
        ? Optional.empty()
        : Optional.of(main.text("cpe", CPE, "vendor:product, such as openssl:openssl"));
  }

  private static String line(YamlMap map, String key) {
    return map.text(key, LINE, "one line");
  }

  private static PackageSpec spec(YamlMap map, List<String> files) {
    YamlMap dependencies = map.mapOrEmpty("dependencies").rejectUnknown(DEPENDENCY_KEYS);
    YamlMap scripts = map.mapOrEmpty("scripts").rejectUnknown(SCRIPTS);
    return new PackageSpec(
        map.text("name", NAME, "the name of a package, such as lua5.4-dev"),
        line(map, "description"),
        files,
        dependencies(dependencies, "runtime"),
        dependencies(dependencies, "provides"),
        dependencies(dependencies, "replaces"),
        dependencies.number("provider-priority", 0),
        scripts.keys().stream().collect(Collectors.toMap(key -> key, scripts::text)),
        map.where("name"));
  }

  private static List<String> dependencies(YamlMap map, String key) {
    List<String> result = new ArrayList<>();
    for (YamlNode node : map.list(key)) {
      if (!DEPENDENCY.matcher(node.text()).matches()) {
        throw node.error(
            "'" + node.text() + "' is not a dependency", "a name or a constraint: lua5.4>=5.4.6");
      }
      result.add(node.text());
    }
    return result;
  }

  private static List<PackageSpec> subpackages(YamlMap root, String mainName) {
    List<PackageSpec> result = new ArrayList<>();
    for (YamlMap map : root.maps("subpackages")) {
      map.rejectUnknown(SUBPACKAGE_KEYS);
      List<String> files = map.get("files").list().stream().map(RecipeReader::glob).toList();
      PackageSpec spec = spec(map, files);
      if (spec.name().equals(mainName)
          || result.stream().anyMatch(other -> other.name().equals(spec.name()))) {
        throw map.error("name", "this recipe has another package " + spec.name());
      }
      if (files.isEmpty()) {
        throw map.error("files", "'files' is empty", "at least one pattern");
      }
      result.add(spec);
    }
    return result;
  }

  private static String glob(YamlNode node) {
    if (node.text().startsWith("/")) {
      throw node.error("'" + node.text() + "' starts with /", "a pattern relative to the root");
    }
    try {
      FileSystems.getDefault().getPathMatcher("glob:" + node.text());
      return node.text();
    } catch (PatternSyntaxException e) {
      throw node.error("'" + node.text() + "' is not a pattern: " + e.getDescription());
    }
  }

  private static List<String> patches(YamlMap root) {
    return root.list("patches").stream().map(RecipeReader::safePath).toList();
  }

  private static String safePath(YamlNode node) {
    String path = node.text();
    if (path.isEmpty() || path.startsWith("/") || List.of(path.split("/", -1)).contains("..")) {
      throw node.error("'" + path + "' is not a relative path without '..'");
    }
    return path;
  }

  private static List<Requirement> requirements(YamlMap root, String key) {
    List<Requirement> result = new ArrayList<>();
    for (YamlNode node : root.list(key)) {
      if (!NAME.matcher(node.text()).matches()) {
        throw node.error("'" + node.text() + "' is not the name of a package");
      }
      result.add(new Requirement(node.text(), node.where()));
    }
    return result;
  }

  private static Map<String, String> environment(YamlMap root) {
    Map<String, String> result = new TreeMap<>();
    YamlMap map = root.mapOrEmpty("environment");
    for (String key : map.keys()) {
      if (!VARIABLE.matcher(key).matches()) {
        throw map.error(key, "'" + key + "' is not the name of a variable");
      }
      result.put(key, map.text(key));
    }
    return result;
  }

  private static List<Step> pipeline(YamlMap root) {
    List<Step> result = new ArrayList<>();
    for (YamlNode node : root.get("pipeline").list()) {
      YamlMap map = node.map().rejectUnknown(STEP_KEYS);
      result.add(new Step(line(map, "name"), map.text("run"), node.where()));
    }
    if (result.isEmpty()) {
      throw root.error("pipeline", "the pipeline has no step");
    }
    return result;
  }

  private static List<Ownership> ownership(YamlMap root) {
    List<Ownership> result = new ArrayList<>();
    for (YamlMap map : root.maps("ownership")) {
      map.rejectUnknown(OWNERSHIP_KEYS);
      String path = safePath(map.get("path"));
      String[] owner =
          map.find("owner").isEmpty()
              ? new String[] {"0", "0"}
              : map.text("owner", OWNER, "user:group, such as \"100:101\"").split(":", 2);
      Optional<Integer> mode =
          map.find("mode").isEmpty()
              ? Optional.empty()
              : Optional.of(
                  Integer.valueOf(map.text("mode", MODE, "octal digits, such as \"0750\""), 8));
      result.add(
          new Ownership(
              path.replaceFirst("/+$", ""),
              owner[0].equals("root") ? "0" : owner[0],
              owner[1].equals("root") ? "0" : owner[1],
              mode,
              map.where()));
    }
    return result;
  }

  private static SortedMap<String, Digest> sideFiles(Path folder) {
    SortedMap<String, Digest> result = new TreeMap<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          result.put(folder.relativize(file).toString(), Digest.of(file));
        }
      } catch (UncheckedIOException e) {
        throw FileFailures.of("read", folder.toString(), folder, new IOException(e));
      } catch (IOException e) {
        throw FileFailures.of("read", folder.toString(), folder, e);
      }
    }
    return result;
  }
}
