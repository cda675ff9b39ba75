package io.github.prosodyoci.verify;

import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.CERTIFICATE;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.KEY;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.OTHER;
import static io.github.prosodyoci.verify.openpgp.SignatureVerifierTest.verifier;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.prosodyoci.verify.openpgp.ClearSigned;
import io.github.prosodyoci.verify.openpgp.ClearSignedTest;
import io.github.prosodyoci.verify.openpgp.SignatureReport;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EvidenceResultTest {

  private static final String TEXT = "Suite: stable\n";

  @Test
  void signed_twoSignaturesOnePinned_saysHowMany() {
    String file =
        ClearSignedTest.frame(
            TEXT, ClearSignedTest.sign(OTHER, TEXT), ClearSignedTest.sign(KEY, TEXT));
    SignatureReport report =
        verifier().clearSigned(ClearSigned.split(file.getBytes(UTF_8)), List.of(CERTIFICATE));

    assertThat(EvidenceResult.signed("debian-archive", "x", report, Map.of(), List.of()).notes())
        .contains("1 of 2 signatures are good and pinned");
  }
}
