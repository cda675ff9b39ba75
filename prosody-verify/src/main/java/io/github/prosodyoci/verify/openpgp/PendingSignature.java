package io.github.prosodyoci.verify.openpgp;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.recipe.Waiver;
import io.github.prosodyoci.verify.VerifyCode;
import io.github.prosodyoci.verify.openpgp.SignatureResult.Verdict;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.openpgp.PGPObjectFactory;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureException;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.api.OpenPGPCertificate;
import org.bouncycastle.openpgp.api.OpenPGPDetachedSignatureProcessor;
import org.bouncycastle.openpgp.api.OpenPGPSignature.OpenPGPDocumentSignature;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.jspecify.annotations.Nullable;

/** A signature with its result, or with what the OpenPGP library has yet to compute. */
final class PendingSignature {

  private final @Nullable Candidate candidate;
  private SignatureResult result;

  private PendingSignature(SignatureResult result, @Nullable Candidate candidate) {
    this.result = result;
    this.candidate = candidate;
  }

  private record Candidate(
      SignaturePacket packet, Certificate signer, SignaturePolicy policy, Set<Waiver> waivers) {}

  /** Returns a signature whose result is known. */
  static PendingSignature decided(SignatureResult result) {
    return new PendingSignature(result, null);
  }

  /** Returns a signature to be computed by the strict policy. */
  static PendingSignature strong(
      SignatureResult by, SignaturePacket packet, Certificate signer, Set<Waiver> waivers) {
    SignaturePolicy policy = SignaturePolicy.strict(waivers.contains(Waiver.SHA1_SELF_SIGNATURE));
    return new PendingSignature(by, new Candidate(packet, signer, policy, waivers));
  }

  /** Returns a signature that is weak at best, if it holds. */
  static PendingSignature weak(SignatureResult weak, SignaturePacket packet, Certificate signer) {
    return new PendingSignature(
        weak,
        new Candidate(packet, signer, SignaturePolicy.lenient(), Set.of(Waiver.NO_KEY_FLAGS)));
  }

  SignatureResult result() {
    return result;
  }

  /**
   * Computes the missing results in one pass over the data.
   *
   * @throws IOException if the data cannot be read
   */
  static void compute(List<PendingSignature> signatures, InputStream data, Instant now)
      throws IOException {
    List<Computation> computations = new ArrayList<>();
    for (PendingSignature signature : signatures) {
      if (signature.candidate != null) {
        try {
          computations.add(new Computation(signature, signature.candidate, now));
        } catch (FailureException e) {
          signature.result = signature.result.bad(e);
        }
      }
    }
    if (computations.isEmpty()) {
      return;
    }
    byte[] bytes = computations.size() > 1 ? data.readAllBytes() : new byte[0];
    for (Computation computation : computations) {
      InputStream in = computations.size() > 1 ? new ByteArrayInputStream(bytes) : data;
      computation.run(in);
    }
  }

  private void refuse(VerifyCode code, String reason) {
    result = result.judged(Verdict.BAD, code, reason);
  }

  /** One signature and one certificate, evaluated by one policy throughout. */
  private static final class Computation {
    private final PendingSignature pending;
    private final Candidate candidate;
    private final OpenPGPCertificate certificate;
    private final OpenPGPDetachedSignatureProcessor processor;
    private @Nullable Exception failure;

    Computation(PendingSignature pending, Candidate candidate, Instant now) {
      this.pending = pending;
      this.candidate = candidate;
      SignaturePolicy policy = candidate.policy();
      certificate = candidate.signer().evaluated(policy);
      processor =
          new OpenPGPDetachedSignatureProcessor(Certificate.implementation(policy), policy)
              .addSignature(parsed(candidate.packet()))
              .addVerificationCertificate(certificate)
              .verifyNotAfter(Date.from(now.plus(SignatureVerifier.TOLERANCE)))
              .setExceptionCallback(e -> failure = e);
    }

    private static PGPSignature parsed(SignaturePacket packet) {
      return Certificate.guarded(
          VerifyCode.SIG_SYNTAX,
          () -> {
            Object object =
                new PGPObjectFactory(packet.bytes(), new BcKeyFingerprintCalculator()).nextObject();
            if (object instanceof PGPSignatureList list && list.size() == 1) {
              return list.get(0);
            }
            throw VerifyCode.SIG_SYNTAX.failure("it is not one signature");
          });
    }

    void run(InputStream data) throws IOException {
      DataFailure guard = new DataFailure(data);
      try {
        Certificate.guarded(
            VerifyCode.SIG_SYNTAX,
            () ->
                SelfSignatures.withoutModulusTests(
                    () -> {
                      judge(processor.process(guard));
                      return pending;
                    }));
      } catch (FailureException e) {
        if (guard.failure != null) {
          throw guard.failure;
        }
        pending.result = pending.result.bad(e);
      }
    }

    private void judge(List<OpenPGPDocumentSignature> processed) {
      Date date = Date.from(candidate.packet().created().get(0));
      if (processed.isEmpty()) {
        pending.refuse(
            VerifyCode.SIG_SYNTAX,
            failure == null
                ? "it names no usable key"
                : "it is malformed: " + Reasons.excerpt(Reasons.of(failure)));
        return;
      }
      OpenPGPDocumentSignature signature = processed.get(0);
      if (!signature.isTestedCorrect()) {
        pending.refuse(VerifyCode.BAD_SIGNATURE, "the signature does not match the data");
        return;
      }
      KeyStatus status =
          new KeyStatus(certificate, signature.getIssuer(), date, candidate.waivers());
      boolean valid =
          Certificate.guarded(VerifyCode.SIG_SYNTAX, () -> isValid(signature))
              || status.isForgiven();
      if (valid) {
        SignatureResult by = pending.result;
        boolean strong = by.verdict() != Verdict.WEAK;
        pending.result =
            new SignatureResult(
                strong ? Verdict.GOOD : Verdict.WEAK,
                strong ? Optional.empty() : by.code(),
                by.reason(),
                by.signer(),
                by.userId(),
                by.signedAt(),
                by.algorithm(),
                status.notes());
      } else {
        pending.refuse(status.code(), status.reason());
      }
    }

    private boolean isValid(OpenPGPDocumentSignature signature) {
      try {
        return signature.isValid(candidate.policy());
      } catch (PGPSignatureException e) {
        return false;
      }
    }
  }

  /** Distinguishes a failure to read the data from one of the library. */
  private static final class DataFailure extends FilterInputStream {
    private @Nullable IOException failure;

    DataFailure(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return super.read(buffer, offset, length);
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }
  }
}
