package io.github.prosodyoci.verify;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.fetch.FetchedSource;
import io.github.prosodyoci.recipe.DeclaredSource;
import io.github.prosodyoci.recipe.Evidence;
import io.github.prosodyoci.recipe.Source;
import io.github.prosodyoci.verify.EvidenceResult.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tries the evidence of one source, entry by entry, up to the first that is sufficient. */
final class SourceCheck {

  /**
   * What an entry of evidence proved.
   *
   * @param result the entry in the report
   * @param weakness why it is not sufficient, if it is not
   */
  record Finding(EvidenceResult result, Optional<VerifyCode> weakness) {

    /** Returns evidence that does not exist, or cannot be checked. */
    static Finding without(
        String kind, String document, Outcome outcome, VerifyCode weakness, String note) {
      return new Finding(
          EvidenceResult.without(kind, document, outcome, note), Optional.of(weakness));
    }

    boolean isEnough() {
      return result.outcome() == Outcome.SUFFICIENT || result.outcome() == Outcome.WAIVED;
    }

    private boolean isWeak() {
      return result.outcome() == Outcome.WEAK;
    }

    private String shown() {
      String notes = String.join("; ", result.notes());
      return result.document() + " is " + result.outcome() + " (" + notes + ")";
    }
  }

  private final DeclaredSource declared;
  private final FetchedSource fetched;
  private final SignedEvidence signed;
  private final ArchiveEvidence archived;

  SourceCheck(
      DeclaredSource declared,
      FetchedSource fetched,
      SignedEvidence signed,
      ArchiveEvidence archived) {
    this.declared = declared;
    this.fetched = fetched;
    this.signed = signed;
    this.archived = archived;
  }

  /**
   * Returns the report's entry.
   *
   * @throws FailureException with a {@link VerifyCode} if an entry is false, or none is sufficient
   * @throws IOException if a file cannot be read
   */
  VerifyResult.Entry run() throws IOException {
    List<Finding> findings = new ArrayList<>();
    for (Evidence evidence : declared.requiredEvidence()) {
      Finding finding = check(evidence);
      findings.add(finding);
      if (finding.isEnough()) {
        return entry(findings, evidence);
      }
    }
    // Of what is there but weak, its weakness is the reason; else what is missing.
    VerifyCode code =
        Stream.concat(findings.stream().filter(Finding::isWeak), findings.stream())
            .flatMap(finding -> finding.weakness().stream())
            .findFirst()
            .orElse(VerifyCode.INSUFFICIENT);
    throw code.failure(
        declared.source().file(),
        "no evidence is sufficient: "
            + findings.stream().map(Finding::shown).collect(Collectors.joining(", ")));
  }

  private Finding check(Evidence evidence) throws IOException {
    if (evidence instanceof Evidence.Signature signature) {
      return signed.signature(declared, fetched, signature);
    } else if (evidence instanceof Evidence.DebianSourceControl control) {
      return signed.sourceControl(declared, control);
    } else if (evidence instanceof Evidence.DebianArchive archive) {
      return archived.check(declared, archive);
    } else if (evidence instanceof Evidence.PinnedOnly pinned) {
      return new Finding(
          EvidenceResult.without(
              pinned.kind(), declared.source().file(), Outcome.WAIVED, pinned.reason()),
          Optional.empty());
    }
    throw new IllegalStateException("Unknown kind of evidence: " + evidence);
  }

  private VerifyResult.Entry entry(List<Finding> findings, Evidence last) {
    Source source = declared.source();
    return new VerifyResult.Entry(
        declared.recipe(),
        source.file(),
        source.sha256(),
        fetched.size(),
        fetched.origin(),
        VerifyResult.Entry.TRUSTED,
        last instanceof Evidence.PinnedOnly pinned ? pinned.reason() : null,
        findings.stream().map(Finding::result).toList());
  }
}
