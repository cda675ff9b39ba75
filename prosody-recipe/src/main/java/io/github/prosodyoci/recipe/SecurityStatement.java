package io.github.prosodyoci.recipe;

import io.github.prosodyoci.core.Place;
import io.github.prosodyoci.core.Platform;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A recipe's statement on one published vulnerability of its project.
 *
 * @param cve the vulnerability, such as {@code CVE-2026-35189}
 * @param status whether the packages are affected
 * @param by the patches, or the one version, that fixed it; empty unless the status is fixed
 * @param reason why the packages are not affected; empty with any other status
 * @param note one sentence: what the vulnerability is, or which option or use leaves it out
 * @param bits the size of addresses, 32 or 64, of the only platforms that it is about; empty if it
 *     is about all
 * @param where its line in the recipe
 */
public record SecurityStatement(
    String cve,
    Status status,
    List<String> by,
    Optional<Reason> reason,
    String note,
    Optional<Integer> bits,
    Place where) {

  /** Makes it immutable. */
  public SecurityStatement {
    by = List.copyOf(by);
  }

  /** Returns whether it is about the packages for a platform. */
  public boolean isAbout(Platform platform) {
    return bits.map(size -> size == platform.wordSize()).orElse(true);
  }

  /** Whether packages are affected by a vulnerability. */
  public enum Status {
    /** They were affected; the recipe has the fix. */
    FIXED,
    /** Their project is affected; they are not. */
    NOT_AFFECTED,
    /** They are affected. */
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
