package io.github.prosodyoci.update;

import io.github.prosodyoci.verify.debian.DebianVersion;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The versions of a release in a folder of an upstream's web server. Only links to files of that
 * folder count whose name differs from the release's in the version alone, of digits and dots with
 * at most one letter: no release candidates, no snapshots.
 */
final class ListingPage {

  /** The maximum size of such a page. */
  static final int MAXIMUM_BYTES = 4 << 20;

  private static final Pattern LINK =
      Pattern.compile("(?i)\\bhref\\s*=\\s*(?:\"([^\"<>]{1,500})\"|'([^'<>]{1,500})')");
  private static final String VERSION = "([0-9]{1,9}(?:\\.[0-9]{1,9}){0,5}[a-z]?)";
  private static final int MAXIMUM_LINKS = 20_000;

  private final URI folder;
  private final Pattern name;

  private ListingPage(URI folder, Pattern name) {
    this.folder = folder;
    this.name = name;
  }

  /**
   * Returns the page to ask about a release.
   *
   * @param address the address of the release with this version
   * @return empty if the file's name does not hold the version, or does so twice, or if its folder
   *     does
   */
  static Optional<ListingPage> of(URI address, String version) {
    String path = address.getPath();
    int slash = path.lastIndexOf('/') + 1;
    String file = path.substring(slash);
    int at = VersionText.position(file, version);
    if (at < 0
        || address.getQuery() != null
        || VersionText.holds(path.substring(0, slash), version)) {
      return Optional.empty();
    }
    String pattern =
        Pattern.quote(file.substring(0, at))
            + VERSION
            + Pattern.quote(file.substring(at + version.length()));
    return Optional.of(new ListingPage(address.resolve("./"), Pattern.compile(pattern)));
  }

  /** Returns the address of the page. */
  URI folder() {
    return folder;
  }

  /** Returns the versions that the page offers, the oldest first. */
  List<String> versions(byte[] page) {
    TreeSet<String> versions = new TreeSet<>(Comparator.comparing(v -> v, DebianVersion::compare));
    Matcher links = LINK.matcher(new String(page, StandardCharsets.ISO_8859_1));
    for (int i = 0; i < MAXIMUM_LINKS && links.find(); i++) {
      version(links.group(1) == null ? links.group(2) : links.group(1)).ifPresent(versions::add);
    }
    return List.copyOf(versions);
  }

  private Optional<String> version(String link) {
    try {
      URI target = folder.resolve(new URI(link.strip()));
      if (target.getRawQuery() != null || !target.resolve("./").equals(folder)) {
        return Optional.empty();
      }
      Matcher file = name.matcher(target.getPath().substring(folder.getPath().length()));
      return file.matches() ? Optional.of(file.group(1)) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
