package io.github.prosodyoci.verify.openpgp;

import io.github.prosodyoci.verify.VerifyException;
import io.github.prosodyoci.verify.VerifyException.Code;
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
 * Takes out of a certificate what names its own primary key as its maker, but was not made by it.
 * Bouncy Castle goes by the newest self-signature, and does not fall back on an older one when that
 * is forged; a stray packet, as key servers have handed out, would make a good key useless.
 */
final class SelfSignatures {

  // Primality tests of moduli cost more than all else here, and say nothing about keys that were
  // pinned by who trusts them.
  private static final String ANY_MODULUS = "org.bouncycastle.rsa.allow_unsafe_mod";

  /** Certificates that were renewed for decades have some dozens. */
  private static final int MAX_COMPUTED = 1000;

  private final PGPPublicKey primary;
  private final KeyIdentifier identifier;
  private int computed;

  private SelfSignatures(PGPPublicKey primary) {
    this.primary = primary;
    this.identifier = primary.getKeyIdentifier();
  }

  /** A step of the library, on one thread, that takes any modulus for a modulus. */
  static <T> T withAnyModulus(Certificate.Step<T> step) throws IOException, PGPException {
    Properties.setThreadOverride(ANY_MODULUS, true);
    try {
      return step.run();
    } finally {
      Properties.removeThreadOverride(ANY_MODULUS);
    }
  }

  /**
   * Returns the certificate without forged signatures.
   *
   * @throws VerifyException with {@link Code#TRUST} if there are too many to look at
   */
  static PGPPublicKeyRing onlyGenuine(PGPPublicKeyRing ring) throws IOException, PGPException {
    return withAnyModulus(() -> new SelfSignatures(ring.getPublicKey()).filtered(ring));
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
      throw new VerifyException(
          Code.TRUST, "its certificate has more than " + MAX_COMPUTED + " self-signatures");
    }
    try {
      signature.init(new BcPGPContentVerifierBuilderProvider(), primary);
      return !check.run();
    } catch (PGPException | RuntimeException e) {
      return false; // not to be computed: it stays, and the policy decides
    }
  }
}
