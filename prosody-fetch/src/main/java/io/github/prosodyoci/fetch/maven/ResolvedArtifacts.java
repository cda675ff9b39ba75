package io.github.prosodyoci.fetch.maven;

import io.github.prosodyoci.fetch.origin.MavenArtifacts;
import io.github.prosodyoci.recipe.Origin;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.project.MavenProject;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;

/**
 * Artifacts by Maven's own resolver: mirrors, proxies, credentials and offline mode of the user's
 * settings hold.
 */
public final class ResolvedArtifacts implements MavenArtifacts {

  private final RepositorySystem repositories;
  private final MavenSession session;
  private final MavenProject project;

  /** Creates it for a build. */
  public ResolvedArtifacts(
      RepositorySystem repositories, MavenSession session, MavenProject project) {
    this.repositories = repositories;
    this.session = session;
    this.project = project;
  }

  @Override
  public Path resolve(Origin.Maven artifact) throws IOException {
    ArtifactRequest request =
        new ArtifactRequest(
            new DefaultArtifact(
                artifact.group(),
                artifact.artifact(),
                artifact.classifier(),
                artifact.type(),
                artifact.version()),
            project.getRemoteProjectRepositories(),
            null);
    try {
      return repositories
          .resolveArtifact(session.getRepositorySession(), request)
          .getArtifact()
          .getFile()
          .toPath();
    } catch (ArtifactResolutionException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
