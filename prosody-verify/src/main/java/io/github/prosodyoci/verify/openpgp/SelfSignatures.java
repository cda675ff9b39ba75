package io.github.prosodyoci.verify.openpgp;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.verify.VerifyCode;
import java.io.IOException;
import java.util.Iterator;
import org.bouncycastle.bcpg.KeyIdentifier;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;
import org.bouncycastle.util.Properties;

/**
 * Removes from a certificate the self-signatures (RFC 9580, section 5.2.3.10) that claim to be by
 * its primary key but are not. Bouncy Castle uses the newest self-signature and does not fall back
 * to an older one if that is forged, so that a stray packet, as key servers have served them, would
 * make a good key useless.
 */
final class SelfSignatures {

  // Testing RSA moduli for primality takes longer than everything else here, and is pointless for
  // keys that are pinned.
  private static final String NO_MODULUS_TESTS = "org.bouncycastle.rsa.allow_unsafe_mod";

  /** Certificates renewed for decades have a few dozen. */
  private static final int MAX_COMPUTED = 1000;

  private final PGPPublicKey primary;
  private final KeyIdentifier identifier;
  private int computed;

  private SelfSignatures(PGPPublicKey primary) {
    this.primary = primary;
    this.identifier = primary.getKeyIdentifier();
  }

  /** Runs a step of the library on this thread without testing RSA moduli. */
  static <T> T withoutModulusTests(Certificate.Step<T> step) throws IOException, PGPException {
    Properties.setThreadOverride(NO_MODULUS_TESTS, true);
    try {
      return step.run();
    } finally {
      Properties.removeThreadOverride(NO_MODULUS_TESTS);
    }
  }

  /**
   * Returns the certificate without forged signatures.
   *
   * @throws FailureException with {@link VerifyCode#TRUST} if there are too many to check
   */
  static PGPPublicKeyRing onlyGenuine(PGPPublicKeyRing ring) throws IOException, PGPException {
    return withoutModulusTests(() -> new SelfSignatures(ring.getPublicKey()).filtered(ring));
  }

  private PGPPublicKeyRing filtered(PGPPublicKeyRing ring) {
    PGPPublicKeyRing result = ring;
    for (Iterator<PGPPublicKey> keys = ring.getPublicKeys(); keys.hasNext(); ) {
      PGPPublicKey key = keys.next();
      PGPPublicKey genuine = key.isMasterKey() ? users(direct(key)) : direct(key);
      if (genuine != key) {
        result = PGPPublicKeyRing.insertPublicKey(result, genuine);
      }
    }
    return result;
  }

  /** Filters the signatures over the key itself, or over a subkey. */
  private PGPPublicKey direct(PGPPublicKey key) {
    PGPPublicKey result = key;
    for (Iterator<PGPSignature> all = key.getKeySignatures(); all.hasNext(); ) {
      PGPSignature signature = all.next();
      if (isForged(
          signature,
          () ->
              key.isMasterKey()
                  ? signature.verifyCertification(primary)
                  : signature.verifyCertification(primary, key))) {
        result = PGPPublicKey.removeCertification(result, signature);
      }
    }
    return result;
  }

  private PGPPublicKey users(PGPPublicKey key) {
    PGPPublicKey result = key;
    for (Iterator<byte[]> ids = key.getRawUserIDs(); ids.hasNext(); ) {
      byte[] id = ids.next();
      for (Iterator<PGPSignature> all = key.getSignaturesForID(id); all.hasNext(); ) {
        PGPSignature signature = all.next();
        if (isForged(signature, () -> signature.verifyCertification(id, primary))) {
          result = PGPPublicKey.removeCertification(result, id, signature);
        }
      }
    }
    return result;
  }

  @FunctionalInterface
  private interface Check {
    boolean run() throws PGPException;
  }

  private boolean isForged(PGPSignature signature, Check check) {
    if (!signature.hasKeyIdentifier(identifier)) {
      return false;
    }
    if (++computed > MAX_COMPUTED) {
      throw VerifyCode.TRUST.failure(
          "its certificate has more than " + MAX_COMPUTED + " self-signatures");
    }
    try {
      signature.init(new BcPGPContentVerifierBuilderProvider(), primary);
      return !check.run();
    } catch (PGPException | RuntimeException e) {
      return false; // It cannot be computed here; the policy rejects it later if it matters.
    }
  }
}
