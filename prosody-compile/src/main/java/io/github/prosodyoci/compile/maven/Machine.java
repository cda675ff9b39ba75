package io.github.prosodyoci.compile.maven;

import com.sun.management.OperatingSystemMXBean;
import io.github.prosodyoci.compile.run.IsolationMode;
import io.github.prosodyoci.compile.run.StepLimits;
import io.github.prosodyoci.maven.Parameters;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** What this machine and its environment offer to a build, read with the goal's parameters. */
final class Machine {

  private final Properties environment;
  private final int cores;

  /**
   * Creates it.
   *
   * @param environment Maven's system properties, with the environment variables as {@code env.*}
   * @param jobs how many processor cores to use; 0 for all
   */
  Machine(Properties environment, int jobs) {
    this.environment = environment;
    this.cores = jobs > 0 ? jobs : Runtime.getRuntime().availableProcessors();
  }

  int cores() {
    return cores;
  }

  /**
   * Returns the limits of a step: the given time, and a share of the memory that this process may
   * use at most, of the machine or of its container.
   */
  StepLimits limits(int stepTimeoutMinutes) {
    Duration time =
        Duration.ofMinutes(
            Parameters.positive("prosodyoci.stepTimeoutMinutes", stepTimeoutMinutes));
    long memory =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    return StepLimits.of(time, cores, memory);
  }

  IsolationMode isolation(@Nullable String parameter) {
    return Parameters.parse(
        "prosodyoci.isolation",
        parameter == null ? "" : parameter,
        text ->
            IsolationMode.of(
                Parameters.text(text), Optional.ofNullable(environment.getProperty("env.CI"))));
  }
}
