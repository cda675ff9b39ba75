package io.github.prosodyoci.core;

import java.util.Optional;

/**
 * Why something could not be done. Callers decide by the code and the fields; the text is for
 * people, and {@link #message} is the one place that makes it.
 *
 * @param code the kind of failure
 * @param task what was being done, as it follows "could not", such as {@code verify}
 * @param thing what it was done to: a source, a package, a layer, a file
 * @param place where the thing is declared, if that helps
 * @param found what was found instead of what is right; without a full stop
 * @param expected what would be right, if {@code found} does not say so; without a full stop
 * @param advice what to do next, as whole sentences; if empty, the code's own advice counts
 */
public record Failure(
    FailureCode code,
    String task,
    String thing,
    Optional<Place> place,
    String found,
    Optional<String> expected,
    Optional<String> advice) {

  /** Returns a failure that knows neither a place nor what was expected. */
  public static Failure of(FailureCode code, String task, String thing, String found) {
    return new Failure(
        code, task, thing, Optional.empty(), found, Optional.empty(), Optional.empty());
  }

  /** Returns this failure with the place where the thing is declared. */
  public Failure at(Place declared) {
    return new Failure(code, task, thing, Optional.of(declared), found, expected, advice);
  }

  /** Returns this failure with what would be right; without a full stop. */
  public Failure expecting(String right) {
    return new Failure(code, task, thing, place, found, Optional.of(right), advice);
  }

  /** Returns this failure with what to do next, as whole sentences. */
  public Failure advising(String nextStep) {
    return new Failure(code, task, thing, place, found, expected, Optional.of(nextStep));
  }

  /** Returns this failure of another thing, or of a greater task. */
  public Failure about(String otherTask, String otherThing) {
    return new Failure(code, otherTask, otherThing, place, found, expected, advice);
  }

  /** Returns the reason alone: what was found and expected, with the code. */
  public String reason() {
    return found
        + expected.map(right -> "; expected " + right).orElse("")
        + " ("
        + code.text()
        + ")";
  }

  /** Returns the whole message: what failed, where, why, and what to do next. */
  public String message() {
    return "Could not "
        + task
        + (thing.isEmpty() ? "" : " " + thing)
        + place.map(at -> " (" + at + ")").orElse("")
        + ": "
        + reason()
        + "."
        + advice.or(code::advice).map(text -> " " + text).orElse("");
  }

  /** Returns the exception that carries this failure. */
  public FailureException toException() {
    return new FailureException(this);
  }

  /** Returns the exception that carries this failure, and what led to it. */
  public FailureException toException(Throwable cause) {
    return new FailureException(this, cause);
  }
}
