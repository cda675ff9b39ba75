package io.github.prosodyoci.image.maven;

import io.github.prosodyoci.image.LayerList;
import io.github.prosodyoci.image.LicenseExpression;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.maven.model.License;
import org.apache.maven.project.MavenProject;
import org.jspecify.annotations.Nullable;

/**
 * The annotations that OCI defines (annotations.md, "Pre-Defined Annotation Keys"), as far as a
 * Maven project knows them.
 */
final class ProjectAnnotations {

  private static final String PREFIX = "org.opencontainers.image.";

  private final Map<String, String> values = new TreeMap<>();

  /**
   * Collects what is known.
   *
   * @param version the version of what the image is about
   * @param packages the packages in the image
   */
  ProjectAnnotations(
      MavenProject project,
      String title,
      Instant created,
      String version,
      List<LayerList.Installed> packages) {
    put("title", title);
    put("description", project.getDescription());
    put("version", version);
    put("url", project.getUrl());
    put("source", project.getScm() == null ? project.getUrl() : project.getScm().getUrl());
    if (!packages.isEmpty()) {
      // The project's own licences are those of the files that belong to no package.
      put(
          "licenses",
          LicenseExpression.all(
                  Stream.concat(
                          packages.stream().map(LayerList.Installed::license),
                          project.getLicenses().stream().map(License::getName))
                      .toList())
              .orElse(null));
    }
    put("created", created.toString());
  }

  private void put(String key, @Nullable String value) {
    if (value != null && !value.isBlank()) {
      values.put(PREFIX + key, value.strip());
    }
  }

  /** Returns these annotations overlaid with others, of which an empty one takes its key away. */
  Map<String, String> with(Map<String, String> others) {
    Map<String, String> all = new TreeMap<>(values);
    // Maven gives null for an empty element.
    others.forEach(
        (key, value) -> {
          if (value == null || value.isEmpty()) {
            all.remove(key);
          } else {
            all.put(key, value);
          }
        });
    return all;
  }
}
