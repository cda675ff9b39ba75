package io.github.prosodyoci.evidence.provenance;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A file of Maven's repository that the build has loaded: a plugin, or what one needs.
 *
 * @param uri its package URL: {@code pkg:maven/org.example/plugin@1.0}
 * @param file the file
 */
public record BuildJar(String uri, Path file) {

  /** Group, artifact, version and the file. */
  private static final int MIN_PARTS = 4;

  /**
   * Returns what a file of a repository is, by Maven's layout: {@code
   * org/example/plugin/1.0/plugin-1.0.jar}; empty if it is not in the repository, or has another
   * place there.
   *
   * @param repository the folder of the repository
   */
  public static Optional<BuildJar> of(Path repository, Path file) {
    if (!file.startsWith(repository)) {
      return Optional.empty();
    }
    Path path = repository.relativize(file);
    int parts = path.getNameCount();
    if (parts < MIN_PARTS) {
      return Optional.empty();
    }
    String artifact = path.getName(parts - 3).toString();
    String version = path.getName(parts - 2).toString();
    String name = path.getName(parts - 1).toString();
    if (!name.startsWith(artifact + "-") || !name.endsWith(".jar")) {
      return Optional.empty();
    }
    StringBuilder group = new StringBuilder();
    for (Path part : path.subpath(0, parts - 3)) {
      group.append(group.isEmpty() ? "" : ".").append(part);
    }
    // What follows the version is a classifier; snapshots have a time there instead.
    String plain = artifact + "-" + version;
    String rest =
        name.startsWith(plain + "-") ? name.substring(plain.length() + 1, name.length() - 4) : "";
    return Optional.of(
        new BuildJar(
            "pkg:maven/"
                + group
                + "/"
                + artifact
                + "@"
                + version
                + (rest.isEmpty() ? "" : "?classifier=" + rest),
            file));
  }
}
