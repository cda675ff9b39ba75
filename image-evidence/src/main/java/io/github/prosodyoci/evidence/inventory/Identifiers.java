package io.github.prosodyoci.evidence.inventory;

import io.github.prosodyoci.core.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Names that other programs know: package URLs (purl-spec) and CPE 2.3 (NIST IR 7695). */
public final class Identifiers {

  /** The namespace of packages that are built here. */
  public static final String OWN_NAMESPACE = "prosody-oci";

  private static final String PLAIN =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_~:";

  private Identifiers() {}

  /** Returns the package URL of an Alpine package. */
  public static String apkPurl(
      String namespace, String name, String version, String architecture, String distribution) {
    return purl(
        List.of("apk", namespace, name.toLowerCase(Locale.ROOT)),
        version,
        Map.of("arch", architecture, "distro", distribution));
  }

  /** Returns the package URL of an image, which has its digest for a version. */
  public static String imagePurl(Subject image) {
    return purl(
        List.of("oci", image.name().toLowerCase(Locale.ROOT)),
        image.digest().toString(),
        Map.of("arch", image.platform().architecture(), "tag", image.tag()));
  }

  /**
   * Returns the package URL of an index over the images of several platforms, one of which is
   * given.
   */
  public static String indexPurl(Subject image, Digest index) {
    return purl(
        List.of("oci", image.name().toLowerCase(Locale.ROOT)),
        index.toString(),
        Map.of("tag", image.tag()));
  }

  /**
   * Returns the package URL of a source.
   *
   * @param version empty if it has none
   * @param address where to download it, if that is known
   */
  public static String sourcePurl(
      String name, String version, Digest sha256, Optional<String> address) {
    Map<String, String> qualifiers = new TreeMap<>();
    qualifiers.put("checksum", sha256.toString());
    address.ifPresent(each -> qualifiers.put("download_url", each));
    return purl(List.of("generic", name), version, qualifiers);
  }

  /** Returns the package URL of a Debian package. */
  public static String debPurl(String name, String version, String architecture, Digest sha256) {
    return purl(
        List.of("deb", "debian", name),
        version,
        Map.of("arch", architecture, "checksum", sha256.toString()));
  }

  /**
   * Returns the CPE of an application.
   *
   * @param vendorAndProduct such as {@code openssl:openssl}
   */
  static String cpe(String vendorAndProduct, String version) {
    // 6.2: in a formatted string, every character but letters, digits, _ - and . is quoted.
    String quoted = version.replaceAll("([^A-Za-z0-9_.-])", "\\\\$1");
    return "cpe:2.3:a:" + vendorAndProduct + ":" + quoted + ":*:*:*:*:*:*:*";
  }

  private static String purl(List<String> path, String version, Map<String, String> qualifiers) {
    SortedMap<String, String> sorted = new TreeMap<>(qualifiers);
    List<String> pairs = new ArrayList<>();
    sorted.forEach((key, value) -> pairs.add(key + "=" + encode(value)));
    return "pkg:"
        + String.join("/", path.stream().map(Identifiers::encode).toList())
        + (version.isEmpty() ? "" : "@" + encode(version))
        + (pairs.isEmpty() ? "" : "?" + String.join("&", pairs));
  }

  private static String encode(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      if (each > 0 && PLAIN.indexOf(each) >= 0) {
        encoded.append((char) each);
      } else {
        encoded.append(String.format(Locale.ROOT, "%%%02X", each));
      }
    }
    return encoded.toString();
  }
}
