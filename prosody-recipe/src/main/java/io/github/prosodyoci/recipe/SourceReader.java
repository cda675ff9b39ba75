package io.github.prosodyoci.recipe;

import io.github.prosodyoci.core.BuildHost;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.recipe.yaml.YamlMap;
import io.github.prosodyoci.recipe.yaml.YamlNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the list {@code sources}. */
final class SourceReader {

  private static final Set<String> KEYS =
      Set.of("file", "sha256", "origins", "evidence", "unpack", "arch", "host");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private SourceReader() {}

  static List<DeclaredSource> read(String recipe, YamlMap root) {
    List<DeclaredSource> declared = new ArrayList<>();
    Map<String, DeclaredSource> byFile = new HashMap<>();
    for (YamlMap entry : root.maps("sources")) {
      DeclaredSource source = declared(recipe, entry.rejectUnknown(KEYS));
      String key = source.source().file() + " " + source.arch() + " " + source.host();
      DeclaredSource other = byFile.putIfAbsent(key, source);
      if (other != null) {
        throw entry.error(
            "file", source.source().file() + " is declared already at " + other.where());
      }
      declared.add(source);
    }
    return declared;
  }

  private static DeclaredSource declared(String recipe, YamlMap entry) {
    Source source = source(entry);
    return new DeclaredSource(
        recipe,
        source,
        EvidenceReader.read(source, entry),
        entry.optionalText("unpack"),
        entry.optionalText("arch"),
        host(entry),
        entry.where());
  }

  private static Optional<BuildHost> host(YamlMap entry) {
    try {
      return entry.optionalText("host").map(BuildHost::parse);
    } catch (FailureException e) {
      throw e.failure().at(entry.where("host")).toException(e);
    }
  }

  /** Returns the file that the keys {@code file}, {@code sha256} and {@code origins} describe. */
  static Source source(YamlMap entry) {
    List<Origin> origins = new ArrayList<>();
    Path folder = Optional.ofNullable(entry.file().getParent()).orElse(Path.of(""));
    for (YamlNode origin : entry.get("origins").list()) {
      try {
        origins.add(Origin.parse(origin.text(), folder));
      } catch (IllegalArgumentException e) {
        throw origin.error(String.valueOf(e.getMessage()));
      }
    }
    if (origins.isEmpty()) {
      throw entry.error("origins", "'origins' is empty", "at least one origin");
    }
    return new Source(
        entry.text(
            "file", Source.NAME, "a file name of letters, digits and, after the first, . _ + ~ -"),
        new Digest(entry.text("sha256", SHA256, "64 lower-case hexadecimal digits")),
        origins);
  }
}
