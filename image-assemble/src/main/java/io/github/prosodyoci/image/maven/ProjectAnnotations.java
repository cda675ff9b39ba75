package io.github.prosodyoci.image.maven;

import io.github.prosodyoci.core.OutputTimestamp;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
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

  ProjectAnnotations(MavenProject project, String title, String timestamp) {
    put("title", title);
    put("description", project.getDescription());
    put("version", project.getVersion());
    put("url", project.getUrl());
    put("source", project.getScm() == null ? project.getUrl() : project.getScm().getUrl());
    put(
        "licenses",
        project.getLicenses().stream().map(License::getName).collect(Collectors.joining(" AND ")));
    put("created", OutputTimestamp.parse(timestamp).toString());
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
