package io.github.prosodyoci.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.prosodyoci.core.FailureCode;
import io.github.prosodyoci.core.FailureException;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Assertions on failures. */
public final class Codes {

  private Codes() {}

  /** Asserts that a call fails with a code. */
  public static AbstractThrowableAssert<?, ? extends Throwable> assertFails(
      FailureCode code, ThrowingCallable call) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            FailureException.class, e -> assertThat(e.failure().code()).isEqualTo(code));
  }
}
