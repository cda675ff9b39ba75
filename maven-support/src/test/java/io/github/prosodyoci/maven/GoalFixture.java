package io.github.prosodyoci.maven;

import java.io.File;
import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.execution.DefaultMavenExecutionRequest;
import org.apache.maven.execution.DefaultMavenExecutionResult;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.model.Build;
import org.apache.maven.model.Model;
import org.apache.maven.model.Plugin;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.logging.SystemStreamLog;
import org.apache.maven.project.MavenProject;
import org.apache.maven.repository.internal.MavenRepositorySystemUtils;
import org.eclipse.aether.DefaultRepositorySystemSession;
import org.jspecify.annotations.Nullable;

/** A build without Maven around it, for tests that call goals as Maven does. */
public final class GoalFixture {

  public final DefaultMavenExecutionRequest request = new DefaultMavenExecutionRequest();
  public final DefaultRepositorySystemSession repositorySession =
      MavenRepositorySystemUtils.newSession();
  public final Model model = new Model();
  public final List<String> info = new ArrayList<>();
  public final List<String> warnings = new ArrayList<>();
  public final List<String> errors = new ArrayList<>();
  public final List<Throwable> traces = new ArrayList<>();

  private final Path folder;

  /** Creates a build in a folder, whose cache is {@code cache} therein. */
  public GoalFixture(Path folder) {
    this.folder = folder;
    request.setBaseDirectory(folder.toFile());
    model.setArtifactId("tiny");
    model.setVersion("1.0+x");
    Build build = new Build();
    build.setDirectory(folder.resolve("target").toString());
    model.setBuild(build);
  }

  /** Returns a session as the fixture is set up at this moment. */
  public MavenSession session() {
    @SuppressWarnings("deprecation") // the only one that needs no container
    MavenSession session =
        new MavenSession(null, repositorySession, request, new DefaultMavenExecutionResult());
    session.setCurrentProject(new MavenProject(model));
    return session;
  }

  /**
   * Gives a goal what Maven gives to every goal.
   *
   * @param name the goal's name, such as {@code prosody-fetch:sources}
   */
  public <T extends Goal> T prepare(T goal, String name) throws ReflectiveOperationException {
    String[] parts = name.split(":", -1);
    Plugin plugin = new Plugin();
    plugin.setArtifactId(parts[0]);
    set(goal, "execution", new MojoExecution(plugin, parts[1], "default-cli"));
    set(goal, "session", session());
    if (has(goal, "cache")) {
      set(goal, "cache", folder.resolve("cache"));
    }
    goal.setLog(new Lines());
    return goal;
  }

  /** Sets a parameter as Maven does, which knows those of the superclasses too. */
  public static void set(Object goal, String parameter, Object value)
      throws ReflectiveOperationException {
    Field field = field(goal.getClass(), parameter);
    if (field == null) {
      throw new NoSuchFieldException(parameter);
    }
    field.setAccessible(true);
    field.set(goal, field.getType() == File.class ? file(value) : value);
  }

  /** Returns whether a goal has a parameter, its own or inherited. */
  public static boolean has(Object goal, String parameter) {
    return field(goal.getClass(), parameter) != null;
  }

  private static @Nullable Field field(Class<?> goal, String parameter) {
    for (Class<?> type = goal; type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (field.getName().equals(parameter)) {
          return field;
        }
      }
    }
    return null;
  }

  private static Object file(Object value) {
    return value instanceof Path path ? path.toFile() : value;
  }

  /** Returns a component that the tested goal must not call. */
  public static <T> T unused(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              throw new AssertionError(method + " is not to be called");
            }));
  }

  private final class Lines extends SystemStreamLog {
    @Override
    public void info(CharSequence line) {
      info.add(line.toString());
    }

    @Override
    public void warn(CharSequence line) {
      warnings.add(line.toString());
    }

    @Override
    public void error(CharSequence line) {
      errors.add(line.toString());
    }

    @Override
    public void error(CharSequence line, Throwable trace) {
      errors.add(line.toString());
      traces.add(trace);
    }
  }
}
