package io.github.prosodyoci.maven;

import io.github.prosodyoci.core.CommonCode;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.OwnCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** The skeleton of every goal: common parameters, skipping, and what a failure means to Maven. */
public abstract class Goal extends AbstractMojo {

  /** Whether to skip all goals of this toolkit. */
  @Parameter(property = "prosodyoci.skip", defaultValue = "false")
  private boolean skipAll;

  @Parameter(defaultValue = "${session}", readonly = true, required = true)
  private MavenSession session;

  @Parameter(defaultValue = "${mojoExecution}", readonly = true, required = true)
  private MojoExecution execution;

  private final String skipProperty;

  /**
   * Creates a goal.
   *
   * @param skipProperty the property that skips this goal, such as {@code prosodyoci.fetch.skip}
   */
  protected Goal(String skipProperty) {
    this.skipProperty = skipProperty;
  }

  /** Returns whether the goal's own parameter asks to skip it. */
  protected abstract boolean isSkipped();

  /**
   * Does the goal's work.
   *
   * @throws FailureException if the input is at fault: the user gets its message
   * @throws IOException if files cannot be read or written
   * @throws InterruptedException if the build was interrupted
   */
  protected abstract void run() throws IOException, InterruptedException;

  @Override
  public final void execute() throws MojoExecutionException, MojoFailureException {
    if (skipAll || isSkipped()) {
      getLog()
          .info("Skipping " + goal() + " (" + (skipAll ? "prosodyoci.skip" : skipProperty) + ")");
      return;
    }
    try {
      RenamedProperties.refuse(session.getUserProperties());
      run();
    } catch (FailureException e) {
      if (e.failures().stream().anyMatch(each -> each.code() == CommonCode.INTERRUPTED)) {
        throw interrupted(e);
      }
      throw new MojoFailureException(e.getMessage(), e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (IOException e) {
      if (FileFailures.isInterrupt(e)) {
        throw interrupted(e);
      }
      throw new MojoExecutionException(
          FileFailures.of("run", goal(), Path.of(""), e).getMessage(), e);
    } catch (RuntimeException e) {
      // Maven prints no trace of its own without -e, and nobody could find the mistake without.
      String message =
          goal()
              + " failed because of a mistake in its own code. Please report it, with these lines,"
              + " at https://github.com/prosody-oci/prosody-oci/issues";
      getLog().error(message, e);
      throw new MojoExecutionException(message + ": " + e, e);
    }
  }

  private static MojoExecutionException interrupted(Exception cause) {
    Thread.currentThread().interrupt();
    return new MojoExecutionException("The build was interrupted", cause);
  }

  /** Returns the goal as users call it, such as {@code prosody-fetch:sources}. */
  protected final String goal() {
    return execution.getArtifactId() + ":" + execution.getGoal();
  }

  /**
   * Returns the goal's code as up-to-date checks count it; what other code has made is made again.
   *
   * @throws FailureException if the code cannot be read ({@code file-access})
   */
  protected final String code() {
    return execution.getArtifactId() + " " + OwnCode.digest(getClass().getClassLoader());
  }

  /**
   * Returns the one time that everything carries that the build makes: Maven's property {@code
   * project.build.outputTimestamp}.
   *
   * @throws FailureException if none is set, or it is no time ({@code configuration})
   */
  protected final Instant outputTimestamp() {
    return Parameters.outputTimestamp(property(Parameters.OUTPUT_TIMESTAMP));
  }

  private @Nullable String property(String name) {
    String given = session.getUserProperties().getProperty(name);
    return given != null ? given : session.getCurrentProject().getProperties().getProperty(name);
  }

  /** Returns the running build. */
  protected final MavenSession session() {
    return session;
  }
}
