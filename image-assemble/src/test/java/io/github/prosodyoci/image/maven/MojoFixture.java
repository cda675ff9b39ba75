package io.github.prosodyoci.image.maven;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.execution.DefaultMavenExecutionRequest;
import org.apache.maven.execution.DefaultMavenExecutionResult;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.model.Build;
import org.apache.maven.model.License;
import org.apache.maven.model.Model;
import org.apache.maven.plugin.logging.SystemStreamLog;
import org.apache.maven.project.MavenProject;
import org.apache.maven.settings.Server;
import org.eclipse.aether.RepositorySystemSession;

/** A Maven session and project without Maven around it. */
final class MojoFixture {

  final DefaultMavenExecutionRequest request = new DefaultMavenExecutionRequest();
  final MavenProject project;
  final Lines log = new Lines();

  MojoFixture(Path folder) {
    request.setBaseDirectory(folder.toFile());
    Model model = new Model();
    model.setArtifactId("tiny");
    model.setVersion("1.0+x");
    model.setDescription("A tiny thing");
    model.setUrl("https://example.org/tiny");
    License license = new License();
    license.setName("MIT");
    model.addLicense(license);
    Build build = new Build();
    build.setDirectory(folder.resolve("target").toString());
    model.setBuild(build);
    this.project = new MavenProject(model);
  }

  @SuppressWarnings("deprecation") // the only way to have a session outside of Maven
  MavenSession session() {
    return new MavenSession(
        null, (RepositorySystemSession) null, request, new DefaultMavenExecutionResult());
  }

  void addServer(String id, String username, String password) {
    Server server = new Server();
    server.setId(id);
    server.setUsername(username);
    server.setPassword(password);
    request.addServer(server);
  }

  /** Remembers the lines of a goal's log. */
  static final class Lines extends SystemStreamLog {

    final List<String> info = new ArrayList<>();
    final List<String> warnings = new ArrayList<>();

    @Override
    public void info(CharSequence content) {
      info.add(content.toString());
    }

    @Override
    public void warn(CharSequence content) {
      warnings.add(content.toString());
    }
  }
}
