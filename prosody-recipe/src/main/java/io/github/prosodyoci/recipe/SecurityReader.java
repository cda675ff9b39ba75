package io.github.prosodyoci.recipe;

import io.github.prosodyoci.core.Version;
import io.github.prosodyoci.recipe.SecurityStatement.Reason;
import io.github.prosodyoci.recipe.SecurityStatement.Status;
import io.github.prosodyoci.recipe.yaml.YamlMap;
import io.github.prosodyoci.recipe.yaml.YamlNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads the {@code security:} list of a recipe (docs/recipes.md, "Vulnerabilities"). */
final class SecurityReader {

  private static final Set<String> KEYS = Set.of("cve", "status", "by", "reason", "note", "bits");
  private static final Pattern CVE = Pattern.compile("CVE-[0-9]{4}-[0-9]{4,}");

  private static final Integer[] SIZES = {32, 64};

  private final String version;
  private final List<String> patches;

  SecurityReader(String version, List<String> patches) {
    this.version = version;
    this.patches = patches;
  }

  /** Returns the statements of a recipe, in its order. */
  List<SecurityStatement> read(YamlMap root) {
    List<SecurityStatement> result = new ArrayList<>();
    for (YamlMap map : root.maps("security")) {
      SecurityStatement statement = statement(map.rejectUnknown(KEYS));
      for (SecurityStatement other : result) {
        if (other.cve().equals(statement.cve()) && overlap(other, statement)) {
          throw map.error("cve", statement.cve() + " has an entry already at " + other.where());
        }
      }
      result.add(statement);
    }
    return result;
  }

  private static boolean overlap(SecurityStatement a, SecurityStatement b) {
    return a.bits().isEmpty() || b.bits().isEmpty() || a.bits().equals(b.bits());
  }

  private SecurityStatement statement(YamlMap map) {
    String cve = map.text("cve", CVE, "an identifier such as CVE-2026-35189");
    Status status = oneOf(map, "status", Status.values(), Status::text);
    require(map, "by", status == Status.FIXED, status);
    require(map, "reason", status == Status.NOT_AFFECTED, status);
    String note = map.text("note");
    if (note.isBlank() || note.strip().lines().count() > 1) {
      throw map.error("note", "'note' is empty or has several lines", "a sentence on one line");
    }
    return new SecurityStatement(
        cve,
        status,
        status == Status.FIXED ? fixes(map) : List.of(),
        status == Status.NOT_AFFECTED
            ? Optional.of(oneOf(map, "reason", Reason.values(), Reason::text))
            : Optional.empty(),
        note.strip(),
        map.find("bits").isPresent()
            ? Optional.of(oneOf(map, "bits", SIZES, String::valueOf))
            : Optional.empty(),
        map.where());
  }

  private static void require(YamlMap map, String key, boolean wanted, Status status) {
    if (wanted) {
      map.get(key);
    } else if (map.find(key).isPresent()) {
      throw map.error(key, "'" + key + "' is not allowed with the status '" + status.text() + "'");
    }
  }

  private static <T> T oneOf(YamlMap map, String key, T[] values, Function<T, String> text) {
    String written = map.text(key);
    return Arrays.stream(values)
        .filter(value -> text.apply(value).equals(written))
        .findFirst()
        .orElseThrow(
            () ->
                map.error(
                    key,
                    "'" + key + "' is '" + written + "'",
                    "one of " + Arrays.stream(values).map(text).collect(Collectors.joining(", "))));
  }

  private List<String> fixes(YamlMap map) {
    YamlNode node = map.get("by");
    List<YamlNode> nodes = node.isList() ? node.list() : List.of(node);
    if (nodes.isEmpty()) {
      throw map.error("by", "'by' is empty", "a version, or at least one patch");
    }
    List<String> result = new ArrayList<>();
    for (YamlNode each : nodes) {
      String fix = each.text();
      boolean older =
          nodes.size() == 1
              && Version.isValid(fix)
              && new Version(fix).compareTo(new Version(version)) <= 0;
      if (!older && !patches.contains(fix)) {
        throw each.error(
            "'by' is '" + fix + "'",
            "a patch of this recipe, or a single version up to " + version);
      }
      result.add(fix);
    }
    return result;
  }
}
