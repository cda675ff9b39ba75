package io.github.prosodyoci.recipe;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a recipe says about one published vulnerability of its project.
 *
 * @param cve the vulnerability, such as {@code CVE-2026-35189}
 * @param status whether the packages have it
 * @param by the patches, or the one version, that fixed it; empty unless the status is fixed
 * @param reason why the packages are not affected; empty with any other status
 * @param note one sentence: what the vulnerability is, or which option or use leaves it out
 * @param where the place in the recipe, as {@code file:line}
 */
public record SecurityStatement(
    String cve,
    Status status,
    List<String> by,
    Optional<Reason> reason,
    String note,
    String where) {

  /** Copies the list. */
  public SecurityStatement {
    by = List.copyOf(by);
  }

  /** Whether the packages have a vulnerability. */
  public enum Status {
    /** They had it, and no longer do. */
    FIXED,
    /** Their project has it; they do not. */
    NOT_AFFECTED,
    /** They have it. */
    AFFECTED;

    /** Returns the status as recipes write it, such as {@code not-affected}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Why packages are not affected: the justifications of OpenVEX 0.2.0. */
  public enum Reason {
    /** The component is not in the packages. */
    COMPONENT_NOT_PRESENT,
    /** The component is there without the code in question. */
    VULNERABLE_CODE_NOT_PRESENT,
    /** The code is there, and nothing runs it. */
    VULNERABLE_CODE_NOT_IN_EXECUTE_PATH,
    /** The code runs, but never on what an attacker chose. */
    VULNERABLE_CODE_CANNOT_BE_CONTROLLED_BY_ADVERSARY,
    /** Something else stops the attack. */
    INLINE_MITIGATIONS_ALREADY_EXIST;

    /** Returns the justification as OpenVEX writes it, such as {@code component_not_present}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
