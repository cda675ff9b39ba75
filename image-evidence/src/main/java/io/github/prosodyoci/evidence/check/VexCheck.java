package io.github.prosodyoci.evidence.check;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.evidence.EvidenceCode;
import io.github.prosodyoci.evidence.provenance.Predicates;
import io.github.prosodyoci.evidence.vex.OpenVex;
import java.util.List;
import java.util.Set;

/** Checks what is stated about vulnerabilities of an image. */
public final class VexCheck {

  private static final String SUBJECT = "vex";

  private VexCheck() {}

  /**
   * Returns what was found.
   *
   * @param attestations the signed statements about the image
   * @param refuseAffected whether a vulnerability that affects it is a reason to refuse it
   * @param allowed those that may affect it all the same
   */
  public static Finding run(
      Attestations attestations, Digest image, boolean refuseAffected, Set<String> allowed) {
    Attestations.Predicate<OpenVex.Document> signed =
        attestations.require(SUBJECT, Predicates.OPEN_VEX, OpenVex.Document.class);
    List<OpenVex.Statement> statements =
        signed.value().statements() == null ? List.of() : signed.value().statements();
    for (OpenVex.Statement each : statements) {
      if (each.vulnerability() == null
          || each.products() == null
          || each.products().stream().noneMatch(product -> isAbout(product, image))) {
        return Finding.refused(
            SUBJECT,
            List.of(
                failure(EvidenceCode.SUBJECT_MISMATCH, "a statement is about another image")
                    .expecting(image.toString())));
      }
    }
    List<String> affected =
        statements.stream()
            .filter(
                each -> !Set.of("fixed", "not_affected").contains(String.valueOf(each.status())))
            .map(each -> each.vulnerability().name())
            .toList();
    List<String> refused = affected.stream().filter(each -> !allowed.contains(each)).toList();
    if (refuseAffected && !refused.isEmpty()) {
      return Finding.refused(
          SUBJECT,
          List.of(
              failure(EvidenceCode.AFFECTED, "it is affected by " + String.join(", ", refused))));
    }
    return Finding.good(
        SUBJECT,
        statements.size()
            + " statements, affected by "
            + (affected.isEmpty() ? "none" : String.join(", ", affected))
            + "; signed by "
            + signed.signer().name());
  }

  private static boolean isAbout(OpenVex.Product product, Digest image) {
    return product.id() != null && product.id().contains(image.hex());
  }

  private static Failure failure(EvidenceCode code, String found) {
    return Failure.of(code, "accept", "the image", found);
  }
}
