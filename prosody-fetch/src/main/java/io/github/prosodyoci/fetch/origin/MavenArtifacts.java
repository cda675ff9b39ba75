package io.github.prosodyoci.fetch.origin;

import io.github.prosodyoci.recipe.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds Maven artifacts; the goals do it as Maven itself does, with the user's settings. */
@FunctionalInterface
public interface MavenArtifacts {

  /** Finds none. */
  MavenArtifacts NONE =
      artifact -> {
        throw new IOException("no Maven repository is configured");
      };

  /**
   * Returns the file of an artifact.
   *
   * @throws IOException if it is not available; the message says why
   */
  Path resolve(Origin.Maven artifact) throws IOException;

  /**
   * Returns artifacts of a local repository only.
   *
   * @param repository the folder, usually {@code ~/.m2/repository}
   */
  static MavenArtifacts localRepository(Path repository) {
    return artifact -> {
      String name =
          artifact.artifact()
              + "-"
              + artifact.version()
              + (artifact.classifier().isEmpty() ? "" : "-" + artifact.classifier())
              + "."
              + artifact.type();
      Path file =
          repository
              .resolve(artifact.group().replace('.', '/'))
              .resolve(artifact.artifact())
              .resolve(artifact.version())
              .resolve(name);
      if (!Files.isRegularFile(file)) {
        throw new IOException("not in the local Maven repository: " + file);
      }
      return file;
    };
  }
}
