package io.github.prosodyoci.compile.run;

import java.time.Duration;

/**
 * How much one step may use.
 *
 * @param time how long it may take
 * @param processes how many processes it may run at the same time
 * @param fileBytes how large a file may become
 * @param memoryBytes how much memory all steps that run at the same time may use together
 */
public record StepLimits(Duration time, int processes, long fileBytes, long memoryBytes) {

  private static final int PROCESSES = 1000;
  private static final int PROCESSES_PER_JOB = 32;
  private static final long FILE_BYTES = 4L << 30;

  /**
   * Returns limits far above what an honest step needs.
   *
   * @param jobs how many processor cores a step may use
   * @param machineBytes the memory of this machine
   */
  public static StepLimits of(Duration time, int jobs, long machineBytes) {
    return new StepLimits(
        time,
        PROCESSES + PROCESSES_PER_JOB * jobs,
        FILE_BYTES,
        machineBytes / 4 * 3); // the rest is for this JVM and the machine
  }
}
