package io.github.prosodyoci.evidence.check;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.evidence.EvidenceCode;
import io.github.prosodyoci.evidence.provenance.Predicates;
import io.github.prosodyoci.evidence.sign.VerifyingKey;
import io.github.prosodyoci.evidence.store.Artifacts;
import io.github.prosodyoci.evidence.store.SignatureTag;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Checks that enough of the trusted keys have signed an image. */
public final class SignatureCheck {

  private static final String SUBJECT = "signature";

  private final Digest image;
  private final List<VerifyingKey> keys;
  private final Map<Digest, VerifyingKey> signers = new TreeMap<>();
  private final List<Failure> problems = new ArrayList<>();
  private int looked;

  /** Creates a check. */
  public SignatureCheck(Digest image, List<VerifyingKey> keys) {
    this.image = image;
    this.keys = List.copyOf(keys);
  }

  /**
   * Returns what was found, in referrers and under the tag.
   *
   * @param threshold how many keys must have signed
   * @throws IOException if the store cannot be asked
   */
  public Finding run(Artifacts artifacts, Attestations attestations, int threshold)
      throws IOException {
    for (Attestations.Signed each : attestations.of(Predicates.IMAGE_SIGNATURE)) {
      signers.put(each.signer().fingerprint(), each.signer());
    }
    problems.addAll(attestations.problems(Predicates.IMAGE_SIGNATURE));
    looked = attestations.found();
    try {
      for (SignatureTag.Signed each : new SignatureTag(artifacts).of(image)) {
        looked++;
        look(each);
      }
    } catch (FailureException e) {
      problems.add(e.failure());
    }
    if (signers.size() >= threshold) {
      return Finding.good(
          SUBJECT,
          String.join(
              ", ",
              signers.values().stream()
                  .map(key -> key.name() + " (" + key.fingerprint() + ")")
                  .toList()));
    }
    return Finding.refused(SUBJECT, failures(threshold));
  }

  private void look(SignatureTag.Signed signature) {
    for (VerifyingKey key : keys) {
      if (signature.by(key)) {
        Digest about = signature.image();
        if (about.equals(image)) {
          signers.put(key.fingerprint(), key);
        } else {
          problems.add(
              failure(
                      EvidenceCode.SUBJECT_MISMATCH,
                      "the signature by " + key.name() + " is about " + about)
                  .expecting(image.toString()));
        }
        return;
      }
    }
    problems.add(
        failure(EvidenceCode.NOT_SIGNED, "a signature is there, but by none of the trusted keys"));
  }

  private List<Failure> failures(int threshold) {
    if (!signers.isEmpty()) {
      return List.of(
          failure(
                  EvidenceCode.TOO_FEW_SIGNERS,
                  signers.size() + " of " + keys.size() + " trusted keys signed it")
              .expecting("at least " + threshold));
    }
    if (!problems.isEmpty()) {
      return problems;
    }
    return List.of(
        looked == 0
            ? failure(
                EvidenceCode.NO_REFERRERS,
                "nothing refers to it, and there is no tag with signatures")
            : failure(EvidenceCode.NOT_SIGNED, "it has evidence, but no signature"));
  }

  private static Failure failure(EvidenceCode code, String found) {
    return Failure.of(code, "accept", "the image", found);
  }
}
