package io.github.prosodyoci.evidence.check;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.evidence.EvidenceCode;
import io.github.prosodyoci.evidence.provenance.Provenance;
import io.github.prosodyoci.evidence.provenance.Provenance.External;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks provenance against what it must say. */
public final class ProvenanceCheck {

  private static final String SUBJECT = "provenance";

  private final List<Failure> failures = new ArrayList<>();

  /** Creates a check. */
  public ProvenanceCheck() {}

  /**
   * Returns what was found.
   *
   * @param attestations the signed statements about the image
   * @param builder the builder that must be named; empty for any
   * @param repository the repository that must be named; empty for any
   * @param commit the commit that must be named; empty for any
   * @param clean whether nothing may have been changed since
   */
  public Finding run(
      Attestations attestations,
      Optional<String> builder,
      Optional<String> repository,
      Optional<String> commit,
      boolean clean) {
    Attestations.Predicate<Provenance.Predicate> signed =
        attestations.require(SUBJECT, Provenance.PREDICATE_TYPE, Provenance.Predicate.class);
    Provenance.Predicate predicate = signed.value();
    if (predicate.buildDefinition() == null
        || predicate.buildDefinition().externalParameters() == null
        || predicate.runDetails() == null
        || predicate.runDetails().builder() == null) {
      return Finding.refused(
          SUBJECT,
          List.of(
              Failure.of(
                  EvidenceCode.BUNDLE_DAMAGED,
                  "read",
                  "the provenance",
                  "it names no parameters or no builder")));
    }
    External parameters = predicate.buildDefinition().externalParameters();
    String id = predicate.runDetails().builder().id();
    compare(
        "build type", Optional.of(Provenance.BUILD_TYPE), predicate.buildDefinition().buildType());
    compare("builder", builder, id);
    compare("repository", repository, parameters.repository());
    compare("commit", commit, parameters.commit());
    if (clean) {
      compare("working tree", Optional.of("clean"), parameters.workingTree());
    }
    return failures.isEmpty()
        ? Finding.good(
            SUBJECT,
            "built by "
                + id
                + " from "
                + Optional.ofNullable(parameters.repository()).orElse("an unnamed repository")
                + ", commit "
                + Optional.ofNullable(parameters.commit()).orElse("unknown")
                + " ("
                + parameters.workingTree()
                + "), "
                + predicate.buildDefinition().resolvedDependencies().size()
                + " inputs; signed by "
                + signed.signer().name())
        : Finding.refused(SUBJECT, failures);
  }

  private void compare(String what, Optional<String> expected, @Nullable String found) {
    if (expected.isPresent() && !expected.get().equals(found)) {
      failures.add(
          Failure.of(
                  EvidenceCode.POLICY_VIOLATED,
                  "accept",
                  "the provenance",
                  "its " + what + " is " + Optional.ofNullable(found).orElse("not stated"))
              .expecting(expected.get()));
    }
  }
}
