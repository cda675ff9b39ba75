package io.github.prosodyoci.core;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Carries failures to whoever reports them: a goal, or the program that embeds a library. */
public class FailureException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<Failure> failures;

  /** Creates an exception for one failure. */
  public FailureException(Failure failure) {
    this(List.of(failure), null);
  }

  /** Creates an exception for one failure, with what led to it. */
  public FailureException(Failure failure, @Nullable Throwable cause) {
    this(List.of(failure), cause);
  }

  /**
   * Creates an exception for several failures of one task.
   *
   * @param failures at least one; the first is the one that {@link #failure} returns
   */
  public FailureException(List<Failure> failures, @Nullable Throwable cause) {
    super(
        failures.stream().map(Failure::message).distinct().collect(Collectors.joining("\n")),
        cause);
    this.failures = List.copyOf(failures);
  }

  /** For the rooms' own exceptions. */
  protected FailureException(String message, @Nullable Throwable cause) {
    super(message, cause);
    this.failures = List.of();
  }

  /** Returns the failure; of several, the first. */
  public Failure failure() {
    return failures.get(0);
  }

  /** Returns an exception for the same failures, but of another thing, or of a greater task. */
  public FailureException about(String task, String thing) {
    return new FailureException(
        failures.stream().map(failure -> failure.about(task, thing)).toList(), this);
  }

  /** Returns all failures; at least one. */
  public List<Failure> failures() {
    return failures;
  }

  /** Returns the kind of failure; of several, that of the first. */
  public FailureCode failureCode() {
    return failure().code();
  }
}
