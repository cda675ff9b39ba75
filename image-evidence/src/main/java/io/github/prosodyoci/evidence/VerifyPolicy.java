package io.github.prosodyoci.evidence;

import java.util.Optional;
import java.util.Set;

/**
 * What the evidence of an image must say, beyond being signed. What is not given is not compared.
 *
 * @param builder the builder that the provenance must name
 * @param repository the address of the repository that it must have been built from
 * @param commit the commit that it must have been built from
 * @param requireCleanTree whether nothing may have been changed or added since the commit
 * @param refuseAffected whether a vulnerability that affects the image is a reason to refuse it
 * @param allowed vulnerabilities that may affect it all the same
 */
public record VerifyPolicy(
    Optional<String> builder,
    Optional<String> repository,
    Optional<String> commit,
    boolean requireCleanTree,
    boolean refuseAffected,
    Set<String> allowed) {

  /** Compares nothing. */
  public static final VerifyPolicy NONE =
      new VerifyPolicy(
          Optional.empty(), Optional.empty(), Optional.empty(), false, false, Set.of());

  /** Copies the set. */
  public VerifyPolicy {
    allowed = Set.copyOf(allowed);
  }
}
