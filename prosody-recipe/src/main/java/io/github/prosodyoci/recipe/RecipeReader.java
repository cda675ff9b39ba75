package io.github.prosodyoci.recipe;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Version;
import io.github.prosodyoci.recipe.yaml.YamlMap;
import io.github.prosodyoci.recipe.yaml.YamlNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads recipes strictly: what is unknown, missing or malformed is refused with file and line. */
public final class RecipeReader {

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
          "name", "version", "release", "description", "url", "license", "dependencies", "scripts");
  private static final Set<String> SUBPACKAGE_KEYS =
      Set.of("name", "description", "files", "dependencies", "scripts");
  private static final Set<String> DEPENDENCY_KEYS =
      Set.of("runtime", "provides", "replaces", "provider-priority");
  private static final Set<String> STEP_KEYS = Set.of("name", "run");
  private static final Set<String> OWNERSHIP_KEYS = Set.of("path", "owner", "mode");

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9+_.-]*");
  private static final Pattern VERSION =
      Pattern.compile("[0-9]+(\\.[0-9]+)*[a-z]?(_[a-z]+[0-9]*)*");
  // apk-world(5): a name, and what is asked of its version.
  private static final Pattern DEPENDENCY =
      Pattern.compile("!?[^\\s<>=~!]+([<>=~]{1,2}[0-9A-Za-z._-]+)?");
  private static final Set<String> SCRIPTS =
      Set.of(
          "pre-install",
          "post-install",
          "pre-upgrade",
          "post-upgrade",
          "pre-deinstall",
          "post-deinstall",
          "trigger");
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern OWNER = Pattern.compile("[a-z0-9_][a-z0-9_-]*");
  private static final Pattern MODE = Pattern.compile("[0-7]{3,4}");

  private RecipeReader() {}

  /**
   * Returns the recipe that a file holds.
   *
   * @throws RecipeException if it is not a recipe; the message names file and line
   * @throws IOException if a file beside it cannot be read
   */
  public static Recipe read(YamlMap root) throws IOException {
    try {
      return recipe(root);
    } catch (RecipeException e) {
      throw unreadable(e);
    }
  }

  /** Returns the exception for a YAML file that is not as it should be. */
  static RecipeException unreadable(RecipeException e) {
    String message = String.valueOf(e.getMessage());
    return new RecipeException(
        message.startsWith("Could not")
            ? message
            : "Could not read a recipe: "
                + message
                + (message.endsWith(".") ? "" : ".")
                + " Correct the recipe; docs/recipes.md describes every key.",
        e);
  }

  private static Recipe recipe(YamlMap root) throws IOException {
    root.rejectUnknown(RECIPE_KEYS);
    YamlMap main = root.map("package").rejectUnknown(PACKAGE_KEYS);
    Path file = root.file();
    Path side = file.resolveSibling(file.getFileName().toString().replaceFirst("\\.ya?ml$", ""));
    String version = matching(main, "version", VERSION, "a version such as 5.4.7");
    int release = main.number("release", 0);
    if (release < 0 || !Version.isValid(version + "-r" + release)) {
      throw main.error("version", "'" + version + "' is not a version that Alpine can compare");
    }
    List<String> patches = patches(root);
    return new Recipe(
        file,
        version,
        release,
        line(main, "url"),
        line(main, "license"),
        spec(main, List.of()),
        subpackages(root, main.text("name")),
        SourceDeclarations.of(root),
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

  private static String matching(YamlMap map, String key, Pattern pattern, String form) {
    String text = map.text(key);
    if (!pattern.matcher(text).matches()) {
      throw map.error(key, "'" + key + "' must be " + form + ", but is '" + text + "'");
    }
    return text;
  }

  private static String line(YamlMap map, String key) {
    String text = map.text(key);
    if (text.isBlank() || text.chars().anyMatch(c -> c < ' ')) {
      throw map.error(key, "'" + key + "' must be one line");
    }
    return text;
  }

  private static PackageSpec spec(YamlMap map, List<Glob> files) {
    YamlMap none = YamlMap.parse(map.file(), "{}");
    YamlMap dependencies =
        map.optionalMap("dependencies").orElse(none).rejectUnknown(DEPENDENCY_KEYS);
    Map<String, String> scripts = new LinkedHashMap<>();
    YamlMap written = map.optionalMap("scripts").orElse(none);
    for (String key : written.keys()) {
      if (!SCRIPTS.contains(key)) {
        throw written.error(key, "unknown script '" + key + "'");
      }
      scripts.put(key, written.text(key));
    }
    return new PackageSpec(
        matching(map, "name", NAME, "the name of a package, such as lua5.4-dev"),
        line(map, "description"),
        files,
        dependencies(dependencies, "runtime"),
        dependencies(dependencies, "provides"),
        dependencies(dependencies, "replaces"),
        dependencies.number("provider-priority", 0),
        scripts,
        map.where("name"));
  }

  private static List<String> dependencies(YamlMap map, String key) {
    List<String> result = new ArrayList<>();
    for (YamlNode node : map.list(key)) {
      if (!DEPENDENCY.matcher(node.text()).matches()) {
        throw node.error("'" + node.text() + "' is not a dependency such as lua5.4>=5.4.6");
      }
      result.add(node.text());
    }
    return result;
  }

  private static List<PackageSpec> subpackages(YamlMap root, String mainName) {
    List<PackageSpec> result = new ArrayList<>();
    for (YamlMap map : root.maps("subpackages")) {
      map.rejectUnknown(SUBPACKAGE_KEYS);
      List<Glob> files =
          map.get("files").list().stream().map(YamlNode::text).map(Glob::of).toList();
      PackageSpec spec = spec(map, files);
      if (spec.name().equals(mainName)
          || result.stream().anyMatch(other -> other.name().equals(spec.name()))) {
        throw map.error("name", "there is another package " + spec.name() + " in this recipe");
      }
      if (files.isEmpty()) {
        throw map.error("files", "'files' must name at least one pattern");
      }
      result.add(spec);
    }
    return result;
  }

  private static List<String> patches(YamlMap root) {
    return safePaths(root.list("patches"), path -> !path.isEmpty());
  }

  private static List<String> safePaths(List<YamlNode> nodes, Predicate<String> more) {
    List<String> result = new ArrayList<>();
    for (YamlNode node : nodes) {
      String path = node.text();
      if (path.startsWith("/") || List.of(path.split("/", -1)).contains("..") || !more.test(path)) {
        throw node.error("'" + path + "' must be a path below the build folder, without '..'");
      }
      result.add(path);
    }
    return result;
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
    Optional<YamlMap> map = root.optionalMap("environment");
    if (map.isPresent()) {
      for (String key : map.get().keys()) {
        if (!VARIABLE.matcher(key).matches()) {
          throw map.get().error(key, "'" + key + "' is not the name of a variable");
        }
        result.put(key, map.get().text(key));
      }
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
      String path = safePaths(List.of(map.get("path")), text -> !text.isEmpty()).get(0);
      String[] owner = map.optionalText("owner").orElse("0:0").split(":", -1);
      if (owner.length != 2
          || !OWNER.matcher(owner[0]).matches()
          || !OWNER.matcher(owner[1]).matches()) {
        throw map.error("owner", "'owner' must be user:group, such as \"100:101\"");
      }
      Optional<String> mode = map.optionalText("mode");
      if (mode.isPresent() && !MODE.matcher(mode.get()).matches()) {
        throw map.error("mode", "'mode' must be octal digits, such as \"0750\"");
      }
      result.add(
          new Ownership(
              path.replaceFirst("/+$", ""),
              owner[0].equals("root") ? "0" : owner[0],
              owner[1].equals("root") ? "0" : owner[1],
              mode.map(digits -> Integer.parseInt(digits, 8)),
              map.where()));
    }
    return result;
  }

  private static SortedMap<String, Digest> sideFiles(Path folder) throws IOException {
    SortedMap<String, Digest> result = new TreeMap<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          result.put(folder.relativize(file).toString(), Digest.of(file));
        }
      }
    }
    return result;
  }
}
