package io.github.prosodyoci.recipe;

import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.recipe.DeclaredSource.EvidenceFile;
import io.github.prosodyoci.recipe.yaml.YamlMap;
import io.github.prosodyoci.recipe.yaml.YamlNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads the {@code sources} of recipes, toolchains and plain sources files (docs/recipes.md). What
 * else stands in a file is left to others.
 */
public final class SourceDeclarations {

  private static final Set<String> KEYS =
      Set.of("file", "sha256", "origins", "evidence", "unpack", "arch", "host");

  private SourceDeclarations() {}

  /**
   * Returns the sources of several files, in the order given; a folder stands for its {@code
   * *.yaml} files by name.
   *
   * @throws RecipeException if one cannot be read or is not as it should be
   */
  public static List<DeclaredSource> readAll(List<Path> filesAndFolders) {
    List<DeclaredSource> declared = new ArrayList<>();
    for (Path file : files(filesAndFolders)) {
      declared.addAll(read(file));
    }
    return List.copyOf(declared);
  }

  /**
   * Returns the files themselves: a folder stands for its {@code *.yaml} files by name.
   *
   * @throws RecipeException if a folder cannot be read, or a path is neither file nor folder
   */
  public static List<Path> files(List<Path> filesAndFolders) {
    List<Path> files = new ArrayList<>();
    for (Path path : filesAndFolders) {
      if (Files.isDirectory(path)) {
        try (Stream<Path> inside = Files.list(path)) {
          inside
              .filter(file -> file.getFileName().toString().endsWith(".yaml"))
              .sorted(Comparator.comparing(file -> file.getFileName().toString()))
              .forEach(files::add);
        } catch (IOException e) {
          throw new RecipeException("Could not read the folder " + path + ": " + Reasons.of(e), e);
        }
      } else if (Files.exists(path)) {
        files.add(path);
      } else {
        throw new RecipeException(
            "Could not read "
                + path
                + ": there is no such file or folder. Put recipes there, or name another place"
                + " with <recipes>.");
      }
    }
    return List.copyOf(files);
  }

  /**
   * Returns the sources of one file.
   *
   * @throws RecipeException if it cannot be read or is not as it should be
   */
  public static List<DeclaredSource> read(Path file) {
    return of(YamlMap.read(file));
  }

  /**
   * Returns the sources of a file that was read already.
   *
   * @throws RecipeException if they are not as they should be
   */
  public static List<DeclaredSource> of(YamlMap root) {
    String recipe = recipeName(root);
    List<DeclaredSource> declared = new ArrayList<>();
    Map<String, DeclaredSource> byFile = new HashMap<>();
    for (YamlMap entry : root.maps("sources")) {
      DeclaredSource source = entry(recipe, entry);
      String key = source.source().file() + " " + source.arch() + " " + source.host();
      DeclaredSource other = byFile.putIfAbsent(key, source);
      if (other != null) {
        throw entry.error(
            "file", source.source().file() + " is declared already at " + other.where());
      }
      declared.add(source);
    }
    return List.copyOf(declared);
  }

  private static String recipeName(YamlMap root) {
    for (String kind : List.of("package", "toolchain")) {
      Optional<String> name = root.optionalMap(kind).flatMap(map -> map.optionalText("name"));
      if (name.isPresent()) {
        return name.get();
      }
    }
    return root.file().getFileName().toString().replaceFirst("\\.ya?ml$", "");
  }

  private static DeclaredSource entry(String recipe, YamlMap entry) {
    entry.rejectUnknown(KEYS);
    List<YamlNode> evidence = entry.list("evidence");
    return new DeclaredSource(
        recipe,
        source(entry),
        evidence,
        evidenceFiles(evidence),
        entry.optionalText("unpack"),
        entry.optionalText("arch"),
        host(entry),
        entry.where());
  }

  private static Optional<BuildHost> host(YamlMap entry) {
    try {
      return entry.optionalText("host").map(BuildHost::parse);
    } catch (FailureException e) {
      throw new RecipeException(entry.where("host") + ": unknown host: " + e.getMessage(), e);
    }
  }

  /**
   * Returns the file that the keys {@code file}, {@code sha256} and {@code origins} of a map
   * describe; other keys are passed over.
   *
   * @throws RecipeException if one is missing or wrong
   */
  public static Source source(YamlMap entry) {
    String file = entry.text("file");
    Digest digest = digest(entry);
    List<Origin> origins = new ArrayList<>();
    Path folder = Optional.ofNullable(entry.file().getParent()).orElse(Path.of(""));
    for (YamlNode origin : entry.get("origins").list()) {
      try {
        origins.add(Origin.parse(origin.text(), folder));
      } catch (IllegalArgumentException e) {
        throw new RecipeException(origin.where() + ": " + e.getMessage(), e);
      }
    }
    try {
      return new Source(file, digest, origins);
    } catch (IllegalArgumentException e) {
      throw new RecipeException(entry.where("file") + ": " + e.getMessage(), e);
    }
  }

  private static Digest digest(YamlMap entry) {
    String hex = entry.text("sha256");
    try {
      return new Digest(hex);
    } catch (IllegalArgumentException e) {
      throw new RecipeException(
          entry.where("sha256")
              + ": 'sha256' must be 64 lower-case hexadecimal digits, but is '"
              + hex
              + "'",
          e);
    }
  }

  private static List<EvidenceFile> evidenceFiles(List<YamlNode> evidence) {
    List<EvidenceFile> files = new ArrayList<>();
    for (YamlNode node : evidence) {
      YamlMap kinds = node.map();
      for (String kind : kinds.keys()) {
        if (kinds.get(kind).isMap() && kinds.map(kind).find("file").isPresent()) {
          YamlMap described = kinds.map(kind);
          files.add(new EvidenceFile(source(described), described.flag("optional", false)));
        }
      }
    }
    return files;
  }
}
