package io.github.prosodyoci.image;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tags of an image that has a version. */
public final class VersionTags {

  private static final int LONGEST = 128;

  /** A release, such as {@code 13.0.1-r1} or {@code 1.2}; a pre-release has more letters. */
  private static final Pattern RELEASE =
      Pattern.compile("([0-9]+)\\.([0-9]+)(?:\\.[0-9]+)*(?:-r[0-9]+)?");

  private VersionTags() {}

  /**
   * Returns the tag for a version: the version itself, as far as a tag may hold it
   * (distribution-spec, "Pulling manifests").
   */
  public static String tag(String version) {
    String tag = version.replaceAll("[^A-Za-z0-9_.-]", "-").replaceFirst("^[.-]+", "");
    return tag.substring(0, Math.min(LONGEST, tag.length()));
  }

  /**
   * Returns the tags that move on with each release: {@code 13.0} and {@code 13} for {@code
   * 13.0.1-r1}; none for a pre-release or snapshot.
   */
  public static List<String> moving(String version) {
    Matcher release = RELEASE.matcher(version);
    if (!release.matches()) {
      return List.of();
    }
    String major = release.group(1);
    return List.of(major + "." + release.group(2), major).stream()
        .filter(tag -> !tag.equals(version))
        .toList();
  }
}
