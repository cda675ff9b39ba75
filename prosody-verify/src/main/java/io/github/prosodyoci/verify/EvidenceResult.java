package io.github.prosodyoci.verify;

import com.fasterxml.jackson.annotation.JsonValue;
import io.github.prosodyoci.recipe.Waiver;
import io.github.prosodyoci.verify.openpgp.SignatureReport;
import io.github.prosodyoci.verify.openpgp.SignatureResult;
import io.github.prosodyoci.verify.openpgp.SignatureResult.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The result of one entry of evidence.
 *
 * @param kind the kind as a recipe declares it, such as {@code signature}
 * @param document the document that it rests on: a signature file, or a suite's index
 * @param outcome whether it counts
 * @param signer the fingerprint of the signer's primary key
 * @param userId the signer's first user identity
 * @param signedAt when it was signed (ISO 8601), as the signature itself says
 * @param algorithm key and digest
 * @param waivers what was waived, such as {@code sha1-self-signature}, each with its reason
 * @param notes what else is worth knowing
 */
public record EvidenceResult(
    String kind,
    String document,
    Outcome outcome,
    @Nullable String signer,
    @Nullable String userId,
    @Nullable String signedAt,
    @Nullable String algorithm,
    Map<String, String> waivers,
    List<String> notes) {

  /** Copies map and list. */
  public EvidenceResult {
    waivers = Map.copyOf(waivers);
    notes = List.copyOf(notes);
  }

  /** How much an entry proves. */
  public enum Outcome {
    /** Enough by itself. */
    SUFFICIENT,
    /** True, but never enough. */
    WEAK,
    /** Not available; does not count. */
    UNAVAILABLE,
    /** There is no evidence, by a named waiver: only the pinned digest holds. */
    WAIVED;

    /** Returns the name as it stands in reports. */
    @JsonValue
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static EvidenceResult without(String kind, String document, Outcome outcome, String note) {
    return new EvidenceResult(
        kind, document, outcome, null, null, null, null, Map.of(), List.of(note));
  }

  static EvidenceResult signed(
      String kind,
      String document,
      SignatureReport report,
      Map<Waiver, String> forgiven,
      List<String> more) {
    Map<String, String> waivers = new TreeMap<>();
    forgiven.forEach((name, reason) -> waivers.put(name.toString(), reason));
    SignatureResult best = report.best();
    List<String> notes = new ArrayList<>();
    if (best.verdict() == Verdict.WEAK) {
      notes.add(best.reason());
    }
    notes.addAll(best.notes());
    notes.addAll(more);
    for (SignatureResult other : report.signatures()) {
      if (other.verdict() == Verdict.BAD) {
        notes.add("another signature is bad: " + other.reason());
      }
    }
    if (report.signatures().size() > 1) {
      long good =
          report.signatures().stream().filter(each -> each.verdict() == Verdict.GOOD).count();
      notes.add(good + " of " + report.signatures().size() + " signatures are good and pinned");
    }
    return new EvidenceResult(
        kind,
        document,
        best.verdict() == Verdict.GOOD ? Outcome.SUFFICIENT : Outcome.WEAK,
        best.signer(),
        best.userId(),
        best.signedAt().map(Object::toString).orElse(null),
        best.algorithm(),
        waivers,
        notes);
  }
}
