package io.github.prosodyoci.evidence.sign;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.evidence.EvidenceCode;
import java.io.IOException;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.DSADigestSigner;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;

/**
 * A private key that signs evidence: ECDSA on P-256 with SHA-256, or Ed25519 (RFC 8032). The same
 * bytes always get the same signature: ECDSA takes its number from key and message (RFC 6979). Only
 * a {@link TokenKey} signs anew each time.
 */
public final class SigningKey {

  private final ByteSigner signer;
  private final byte[] publicKey;

  /** Signs bytes. */
  @FunctionalInterface
  interface ByteSigner {
    byte[] sign(byte[] bytes);
  }

  /**
   * Creates a key.
   *
   * @param publicKey the public half (RFC 5280, SubjectPublicKeyInfo)
   */
  SigningKey(ByteSigner signer, byte[] publicKey) {
    this.signer = signer;
    this.publicKey = publicKey.clone();
  }

  /**
   * Returns the key in a PEM text (PKCS #8, RFC 5958: {@code BEGIN PRIVATE KEY}).
   *
   * @param name what the key is called in messages, which never contain any of it
   * @throws FailureException with {@link EvidenceCode#BAD_KEY} if it is not such a key, encrypted,
   *     or of another kind
   */
  public static SigningKey parse(String name, String pem) {
    Pem block =
        Pem.first(pem).orElseThrow(() -> unusable(name, "it is not a PEM file").toException());
    if (!block.label().equals("PRIVATE KEY")) {
      throw unusable(name, "it holds a block \"" + block.label() + "\"")
          .expecting("\"PRIVATE KEY\"")
          .advising(
              "Convert it: openssl pkcs8 -topk8 -nocrypt; or make a new one: openssl genpkey"
                  + " -algorithm ed25519.")
          .toException();
    }
    try {
      AsymmetricKeyParameter key = PrivateKeyFactory.createKey(block.der());
      return new SigningKey(bytes -> sign(key, bytes), publicKey(name, key));
    } catch (IOException | RuntimeException e) {
      if (e instanceof FailureException known) {
        throw known;
      }
      // The cause stays out: its message could quote the key.
      throw unusable(name, "its content is not a private key").toException();
    }
  }

  private static byte[] publicKey(String name, AsymmetricKeyParameter key) throws IOException {
    if (key instanceof Ed25519PrivateKeyParameters edwards) {
      return SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(edwards.generatePublicKey())
          .getEncoded();
    }
    if (key instanceof ECPrivateKeyParameters curve
        && VerifyingKey.P256_ORDER.equals(curve.getParameters().getN())) {
      return SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(
              new ECPublicKeyParameters(
                  curve.getParameters().getG().multiply(curve.getD()), curve.getParameters()))
          .getEncoded();
    }
    throw unusable(name, "it is a key of another kind")
        .expecting("ECDSA on P-256, or Ed25519")
        .toException();
  }

  static Failure unusable(String name, String found) {
    return Failure.of(EvidenceCode.BAD_KEY, "use", "the signing key " + name, found);
  }

  /**
   * Returns the signature of some bytes: for ECDSA in DER, as Sigstore expects it.
   *
   * @throws FailureException with {@link EvidenceCode#BAD_KEY} if the token that has the key does
   *     not sign
   */
  public byte[] sign(byte[] bytes) {
    return signer.sign(bytes);
  }

  private static byte[] sign(AsymmetricKeyParameter key, byte[] bytes) {
    Signer signer =
        key instanceof Ed25519PrivateKeyParameters
            ? new Ed25519Signer()
            : new DSADigestSigner(
                new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest())), new SHA256Digest());
    signer.init(true, key);
    signer.update(bytes, 0, bytes.length);
    try {
      return signer.generateSignature();
    } catch (CryptoException e) {
      throw new IllegalStateException("These signers work in memory", e);
    }
  }

  /** Returns the public half, as PEM. */
  public String publicPem() {
    return Pem.text("PUBLIC KEY", publicKey);
  }

  /** Returns the public half. */
  public VerifyingKey verifyingKey(String name) {
    return VerifyingKey.parse(name, publicPem());
  }

  /** Returns nothing of the key but its public half's digest. */
  @Override
  public String toString() {
    return "key " + Digest.of(publicKey);
  }
}
