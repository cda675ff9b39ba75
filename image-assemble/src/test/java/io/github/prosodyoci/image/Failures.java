package io.github.prosodyoci.image;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.FailureCode;
import io.github.prosodyoci.core.FailureException;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Looks at refusals. */
public final class Failures {

  private Failures() {}

  /** Asserts that a call fails with a code, and returns the failure for a look at its text. */
  public static AbstractThrowableAssert<?, ? extends Throwable> assertFails(
      FailureCode code, ThrowingCallable call) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            FailureException.class,
            e -> org.assertj.core.api.Assertions.assertThat(e.failureCode()).isEqualTo(code));
  }
}
