package io.github.prosodyoci.fetch.maven;

import io.github.prosodyoci.maven.PlatformGoal;
import java.io.File;
import java.nio.file.Path;
import org.apache.maven.plugins.annotations.Parameter;

/** A goal that fetches into the cache. */
public abstract class FetchingGoal extends PlatformGoal {

  /** The cache folder, which all builds of a user may share. */
  @Parameter(
      property = "prosodyoci.cache",
      defaultValue = "${user.home}/.cache/prosody-oci",
      required = true)
  private File cache;

  /**
   * Creates a goal.
   *
   * @param skipProperty the property that skips this goal
   */
  protected FetchingGoal(String skipProperty) {
    super(skipProperty);
  }

  /** Returns the cache folder. */
  protected final Path cache() {
    return cache.toPath();
  }

  /** Returns how this build fetches, which the caller closes. */
  protected final FetchAccess access() {
    return new FetchAccess(session(), getLog(), cache());
  }
}
