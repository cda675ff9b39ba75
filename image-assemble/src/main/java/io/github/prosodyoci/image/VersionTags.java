package io.github.prosodyoci.image;

import io.github.prosodyoci.core.FailureException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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
   * Returns the tags of a version by a rule.
   *
   * @param rule which tags: {@code version} ({@code 13.0.1-r1}), {@code minor} ({@code 13.0}),
   *     {@code major} ({@code 13}) and {@code latest}; a pre-release or snapshot gets the first
   *     alone
   * @return the tags, each once, in the order of the rule
   * @throws io.github.prosodyoci.core.FailureException with {@code CONFIGURATION} if the rule is
   *     empty or names something else
   */
  public static List<String> of(String version, List<String> rule) {
    if (rule.isEmpty()) {
      throw unusable("");
    }
    Matcher release = RELEASE.matcher(version);
    boolean released = release.matches();
    Set<String> tags = new LinkedHashSet<>();
    for (String part : rule) {
      String tag =
          switch (part) {
            case "version" -> tag(version);
            case "minor" -> released ? release.group(1) + "." + release.group(2) : "";
            case "major" -> released ? release.group(1) : "";
            case "latest" -> released ? part : "";
            default -> throw unusable(part);
          };
      if (!tag.isEmpty()) {
        tags.add(tag);
      }
    }
    return tags.isEmpty() ? List.of(tag(version)) : List.copyOf(tags);
  }

  private static FailureException unusable(String part) {
    return ImageCode.badParameter("tagRule", part, "some of version, minor, major, latest");
  }
}
