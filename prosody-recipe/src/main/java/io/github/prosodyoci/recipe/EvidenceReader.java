package io.github.prosodyoci.recipe;

import io.github.prosodyoci.recipe.DeclaredSource.EvidenceFile;
import io.github.prosodyoci.recipe.yaml.YamlMap;
import io.github.prosodyoci.recipe.yaml.YamlNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the {@code evidence} of a source strictly; every error names file and line. */
public final class EvidenceReader {

  private static final Set<String> KINDS =
      Set.of("signature", "debian-archive", "debian-source-control", "pinned-only");
  private static final Set<String> SIGNATURE_KEYS =
      Set.of("file", "sha256", "origins", "signers", "optional", "allow");
  private static final Set<String> CONTROL_KEYS = Set.of("file", "sha256", "origins", "signers");
  private static final Pattern FINGERPRINT = Pattern.compile("[0-9A-F]{40}([0-9A-F]{24})?");
  private static final Pattern SUITE = Pattern.compile("[a-z0-9][a-z0-9-]*");

  private final DeclaredSource declared;
  private final Iterator<EvidenceFile> files;

  private EvidenceReader(DeclaredSource declared) {
    this.declared = declared;
    this.files = declared.evidenceFiles().iterator();
  }

  /**
   * Returns the evidence declared for a source, in order.
   *
   * @throws RecipeException if there is none, or an entry is not as it should be
   */
  public static List<Evidence> read(DeclaredSource declared) {
    if (declared.evidence().isEmpty()) {
      throw new RecipeException(
          declared.where()
              + ": "
              + declared.source().file()
              + " has no evidence. Declare a signature, debian-archive, or debian-source-control;"
              + " or, if there is none, pinned-only with the reason.");
    }
    EvidenceReader reader = new EvidenceReader(declared);
    List<Evidence> evidence = new ArrayList<>();
    for (YamlNode node : declared.evidence()) {
      evidence.add(reader.entry(node));
    }
    return List.copyOf(evidence);
  }

  private Evidence entry(YamlNode node) {
    YamlMap map = node.map().rejectUnknown(KINDS);
    if (map.keys().size() != 1) {
      throw node.error("an entry of evidence has exactly one of " + String.join(", ", KINDS));
    }
    String kind = map.keys().iterator().next();
    return switch (kind) {
      case "signature" -> signature(map.map(kind));
      case "debian-archive" -> debianArchive(map);
      case "debian-source-control" -> debianSourceControl(map.map(kind));
      default -> pinnedOnly(map);
    };
  }

  private Evidence signature(YamlMap map) {
    map.rejectUnknown(SIGNATURE_KEYS);
    Map<Waiver, String> waivers = new EnumMap<>(Waiver.class);
    map.optionalMap("allow")
        .ifPresent(
            allow -> {
              for (String name : allow.keys()) {
                waivers.put(
                    Waiver.parse(name)
                        .orElseThrow(() -> allow.error(name, "unknown waiver '" + name + "'")),
                    reason(allow, name));
              }
            });
    return new Evidence.Signature(file(map), signers(map), map.flag("optional", false), waivers);
  }

  private Evidence debianArchive(YamlMap map) {
    String suite = map.text("debian-archive");
    if (!SUITE.matcher(suite).matches()) {
      throw map.error("debian-archive", "not the name of a Debian suite: " + suite);
    }
    requireDebianOrigin(map, "debian-archive");
    return new Evidence.DebianArchive(suite);
  }

  private Evidence debianSourceControl(YamlMap map) {
    map.rejectUnknown(CONTROL_KEYS);
    requireDebianOrigin(map, "file");
    return new Evidence.DebianSourceControl(file(map), signers(map));
  }

  private Evidence pinnedOnly(YamlMap map) {
    if (declared.evidence().size() > 1) {
      throw map.error("pinned-only", "pinned-only stands alone, or it would hide other evidence");
    }
    return new Evidence.PinnedOnly(reason(map, "pinned-only"));
  }

  private static String reason(YamlMap map, String key) {
    String reason = map.text(key).strip();
    if (reason.isEmpty()) {
      throw map.error(key, "the reason is missing");
    }
    return reason.replaceAll("\\s+", " ");
  }

  private void requireDebianOrigin(YamlMap map, String key) {
    if (debianOrigin(declared.source()) == null) {
      throw map.error(
          key, declared.source().file() + " needs a debian: origin, whose file Debian lists");
    }
  }

  /** Returns the first {@code debian:} origin of a file, or null. */
  public static Origin.@Nullable Debian debianOrigin(Source source) {
    return source.origins().stream()
        .filter(Origin.Debian.class::isInstance)
        .map(Origin.Debian.class::cast)
        .findFirst()
        .orElse(null);
  }

  private Source file(YamlMap map) {
    map.text("file");
    if (!files.hasNext()) {
      throw map.error("file", "not a file that is fetched");
    }
    return files.next().source();
  }

  private static List<String> signers(YamlMap map) {
    List<String> signers = new ArrayList<>();
    for (YamlNode node : map.list("signers")) {
      String signer = node.text().replace(" ", "").toUpperCase(Locale.ROOT);
      if (!FINGERPRINT.matcher(signer).matches()) {
        throw node.error(
            "a signer is a full fingerprint of 40 or 64 hexadecimal digits, not " + node.text());
      }
      signers.add(signer);
    }
    if (signers.isEmpty()) {
      throw map.error("signers", "signers are missing: the fingerprints of who may sign");
    }
    return signers;
  }
}
