package io.github.prosodyoci.recipe;

import io.github.prosodyoci.recipe.yaml.YamlMap;
import io.github.prosodyoci.recipe.yaml.YamlNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the {@code evidence} of a source. */
final class EvidenceReader {

  private static final Set<String> KINDS =
      Set.of("signature", "debian-archive", "debian-source-control", "pinned-only");
  private static final Set<String> SIGNATURE_KEYS =
      Set.of("file", "sha256", "origins", "signers", "optional", "allow");
  private static final Set<String> CONTROL_KEYS = Set.of("file", "sha256", "origins", "signers");
  private static final Pattern FINGERPRINT = Pattern.compile("[0-9A-F]{40}([0-9A-F]{24})?");

  private EvidenceReader() {}

  static List<Evidence> read(Source source, YamlMap entry) {
    List<YamlNode> nodes = entry.list("evidence");
    List<Evidence> evidence = new ArrayList<>();
    for (YamlNode node : nodes) {
      YamlMap map = node.map().rejectUnknown(KINDS);
      if (map.keys().size() != 1) {
        throw node.error("an entry of evidence has " + map.keys().size() + " kinds", "one");
      }
      evidence.add(entry(source, map, map.keys().iterator().next()));
    }
    if (evidence.size() > 1 && evidence.stream().anyMatch(Evidence.PinnedOnly.class::isInstance)) {
      throw entry.error("evidence", "pinned-only is not the only entry, and would hide the others");
    }
    return evidence;
  }

  private static Evidence entry(Source source, YamlMap map, String kind) {
    return switch (kind) {
      case "signature" -> signature(map.map(kind).rejectUnknown(SIGNATURE_KEYS));
      case "debian-archive" -> {
        requireDebianOrigin(source, map, kind);
        yield new Evidence.DebianArchive(
            map.text(kind, Origin.DebianIndex.SUITE, "the name of a Debian suite"));
      }
      case "debian-source-control" -> {
        requireDebianOrigin(source, map, kind);
        YamlMap control = map.map(kind).rejectUnknown(CONTROL_KEYS);
        yield new Evidence.DebianSourceControl(SourceReader.source(control), signers(control));
      }
      default -> new Evidence.PinnedOnly(reason(map, kind));
    };
  }

  private static Evidence signature(YamlMap map) {
    Map<Waiver, String> waivers = new EnumMap<>(Waiver.class);
    map.optionalMap("allow")
        .ifPresent(
            allow -> {
              for (String name : allow.keys()) {
                Waiver waiver =
                    Waiver.parse(name)
                        .orElseThrow(() -> allow.error(name, "unknown waiver '" + name + "'"));
                waivers.put(waiver, reason(allow, name));
              }
            });
    return new Evidence.Signature(
        SourceReader.source(map), signers(map), map.flag("optional", false), waivers);
  }

  private static String reason(YamlMap map, String key) {
    String reason = map.text(key).strip();
    if (reason.isEmpty()) {
      throw map.error(key, "the reason is missing");
    }
    return reason.replaceAll("\\s+", " ");
  }

  private static void requireDebianOrigin(Source source, YamlMap map, String kind) {
    if (source.debianOrigin().isEmpty()) {
      throw map.error(kind, source.file() + " has no debian: origin for Debian to vouch for");
    }
  }

  private static List<String> signers(YamlMap map) {
    List<String> signers = new ArrayList<>();
    for (YamlNode node : map.list("signers")) {
      String signer = node.text().replace(" ", "").toUpperCase(Locale.ROOT);
      if (!FINGERPRINT.matcher(signer).matches()) {
        throw node.error(
            "a signer is '" + node.text() + "'", "a fingerprint of 40 or 64 hexadecimal digits");
      }
      signers.add(signer);
    }
    if (signers.isEmpty()) {
      throw map.error("signers", "no signers", "the fingerprints of those who may sign");
    }
    return signers;
  }
}
