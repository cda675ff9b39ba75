package io.github.prosodyoci.image.maven;

import io.github.prosodyoci.image.Healthcheck;
import java.util.List;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** The parameter {@code healthcheck}; see {@link Healthcheck}. */
public final class HealthcheckParameter {

  /** The command, first {@code CMD}, {@code CMD-SHELL} or {@code NONE}. */
  @Parameter List<String> test = List.of();

  /** Time between two checks, such as {@code 30s}. */
  @Parameter @Nullable String interval;

  /** Time after which a check has failed, such as {@code 5s}. */
  @Parameter @Nullable String timeout;

  /** Time in which failures do not count, such as {@code 10s}. */
  @Parameter @Nullable String startPeriod;

  /** How many failures in a row make the container unhealthy. */
  @Parameter @Nullable Integer retries;

  Healthcheck toHealthcheck() {
    return new Healthcheck(
        test,
        interval == null ? null : Healthcheck.duration(interval),
        timeout == null ? null : Healthcheck.duration(timeout),
        startPeriod == null ? null : Healthcheck.duration(startPeriod),
        retries);
  }
}
