package io.github.prosodyoci.evidence.check;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.evidence.EvidenceCode;
import io.github.prosodyoci.evidence.provenance.Predicates;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Counts who has built an image again, with the same result. */
public final class RebuildCheck {

  private static final String SUBJECT = "rebuilds";

  private RebuildCheck() {}

  /**
   * Returns what was found.
   *
   * @param attestations the statements about the image that are signed by rebuilders
   * @param rebuilders how many are trusted
   * @param required how many must have built it
   */
  public static Finding run(Attestations attestations, int rebuilders, int required) {
    // A key counts once, however often it signs.
    SortedSet<String> signers =
        attestations.of(Predicates.REBUILT).stream()
            .map(each -> each.signer().name() + " (" + each.signer().fingerprint() + ")")
            .collect(Collectors.toCollection(TreeSet::new));
    String count =
        signers.size() + " of " + rebuilders + " trusted rebuilders built the same image";
    if (signers.size() >= required) {
      return Finding.good(
          SUBJECT, count + (signers.isEmpty() ? "" : ": " + String.join(", ", signers)));
    }
    List<Failure> failures = new ArrayList<>();
    failures.add(
        Failure.of(EvidenceCode.TOO_FEW_REBUILDS, "accept", "the image", count)
            .expecting("at least " + required));
    attestations.problems(Predicates.REBUILT).stream()
        .filter(each -> each.code() != EvidenceCode.NOT_SIGNED)
        .forEach(failures::add);
    return Finding.refused(SUBJECT, failures);
  }
}
