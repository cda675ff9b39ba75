package io.github.prosodyoci.maven;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.Failure;
import java.util.Map;
import java.util.Properties;

/** Properties of older versions: Maven ignores what no goal knows, and so would the build. */
final class RenamedProperties {

  private static final Map<String, String> NEW_NAMES =
      Map.ofEntries(
          Map.entry("prosodyoci.archive", "prosodyoci.image.archiveFile"),
          Map.entry("prosodyoci.fetch.connectTimeout", "prosodyoci.fetch.connectTimeoutSeconds"),
          Map.entry("prosodyoci.fetch.maximumSize", "prosodyoci.fetch.maximumSizeMegabytes"),
          Map.entry("prosodyoci.fetch.maximumTime", "prosodyoci.fetch.maximumTimeSeconds"),
          Map.entry("prosodyoci.fetch.silenceTimeout", "prosodyoci.fetch.silenceTimeoutSeconds"),
          Map.entry("prosodyoci.image.base", "prosodyoci.packages.base"),
          Map.entry("prosodyoci.image.lua", "prosodyoci.packages.lua"),
          Map.entry("prosodyoci.image.more", "prosodyoci.packages.more"),
          Map.entry("prosodyoci.imageFile", "prosodyoci.image.reportFile"),
          Map.entry("prosodyoci.imageName", "prosodyoci.image.shortName"),
          Map.entry("prosodyoci.layersFile", "prosodyoci.image.layersFile"),
          Map.entry("prosodyoci.packages.packages", "prosodyoci.packages.folder"),
          Map.entry("prosodyoci.packages.repository", "prosodyoci.packages.repositoryFolder"),
          Map.entry("prosodyoci.platform", "prosodyoci.platforms"),
          Map.entry("prosodyoci.rebuild", "prosodyoci.compile.force"),
          Map.entry("prosodyoci.source", "prosodyoci.update.recipe"),
          Map.entry("prosodyoci.stepTimeout", "prosodyoci.stepTimeoutMinutes"),
          Map.entry("prosodyoci.tags", "prosodyoci.push.tags"),
          Map.entry("prosodyoci.toVersion", "prosodyoci.update.toVersion"),
          Map.entry("prosodyoci.versionOf", "prosodyoci.image.versionOf"));

  private RenamedProperties() {}

  /** Throws a failure that says the new name if one of the old names is set. */
  static void refuse(Properties set) {
    set.stringPropertyNames().stream()
        .sorted()
        .filter(NEW_NAMES::containsKey)
        .findFirst()
        .ifPresent(
            old -> {
              throw Failure.of(
                      CommonCode.CONFIGURATION,
                      "use",
                      old,
                      "it was renamed to " + NEW_NAMES.get(old))
                  .advising("Use -D" + NEW_NAMES.get(old) + " instead.")
                  .toException();
            });
  }
}
