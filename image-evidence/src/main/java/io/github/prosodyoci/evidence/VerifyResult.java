package io.github.prosodyoci.evidence;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.evidence.check.Finding;
import java.util.List;
import java.util.Locale;

/**
 * What came of verifying an image.
 *
 * @param findings what was checked, in order
 */
public record VerifyResult(List<Finding> findings) {

  /** Copies the list. */
  public VerifyResult {
    findings = List.copyOf(findings);
  }

  /** Returns whether nothing was refused. */
  public boolean isGood() {
    return failures().isEmpty();
  }

  /** Returns why the image is refused. */
  public List<Failure> failures() {
    return findings.stream().flatMap(finding -> finding.failures().stream()).toList();
  }

  /**
   * Fails unless the image is accepted.
   *
   * @throws FailureException with all reasons if it is refused
   */
  public void requireGood() {
    if (!isGood()) {
      throw new FailureException(failures(), null);
    }
  }

  /** Returns the findings as a table, a line each. */
  public List<String> lines() {
    int width = findings.stream().mapToInt(each -> each.subject().length()).max().orElse(0);
    return findings.stream()
        .map(
            each ->
                String.format(
                    Locale.ROOT,
                    "%-" + width + "s  %-8s %s",
                    each.subject(),
                    each.failures().isEmpty() ? "good" : "REFUSED",
                    each.text()))
        .toList();
  }
}
