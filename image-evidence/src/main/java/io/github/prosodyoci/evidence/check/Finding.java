package io.github.prosodyoci.evidence.check;

import io.github.prosodyoci.core.Failure;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What one check found.
 *
 * @param subject what was checked, such as {@code provenance}
 * @param text what was found, in one line
 * @param failures why it is refused; empty if it is not
 */
public record Finding(String subject, String text, List<Failure> failures) {

  /** Copies the list. */
  public Finding {
    failures = List.copyOf(failures);
  }

  /** Returns a finding that is accepted. */
  public static Finding good(String subject, String text) {
    return new Finding(subject, text, List.of());
  }

  /** Returns a finding that is refused. */
  public static Finding refused(String subject, List<Failure> failures) {
    return new Finding(
        subject,
        failures.stream().map(Failure::reason).distinct().collect(Collectors.joining("; ")),
        failures);
  }
}
