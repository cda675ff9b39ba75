package io.github.prosodyoci.verify.openpgp;

import java.util.Date;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.openpgp.api.OpenPGPDefaultPolicy;

/**
 * What is strong enough: the one place where digests, key algorithms and key sizes are judged. A
 * signature's own date never makes a weak digest strong, since an attacker chooses it.
 */
final class SignaturePolicy extends OpenPGPDefaultPolicy {

  /** The shortest RSA key, in bits. */
  static final int RSA_BITS = 2048;

  private static final Set<Integer> STRONG_HASHES =
      Set.of(
          HashAlgorithmTags.SHA256,
          HashAlgorithmTags.SHA384,
          HashAlgorithmTags.SHA512,
          HashAlgorithmTags.SHA3_256,
          HashAlgorithmTags.SHA3_512);

  /** New in version 6 (RFC 9580); few other tools can check them in older signatures. */
  private static final Set<Integer> VERSION_6_HASHES =
      Set.of(HashAlgorithmTags.SHA3_256, HashAlgorithmTags.SHA3_512);

  /** Still computed, so that a report can say whether the signature is right; never sufficient. */
  private static final Set<Integer> WEAK_HASHES =
      Set.of(HashAlgorithmTags.SHA1, HashAlgorithmTags.RIPEMD160, HashAlgorithmTags.SHA224);

  private static final Map<Integer, String> HASH_NAMES =
      Map.ofEntries(
          Map.entry(HashAlgorithmTags.MD5, "MD5"),
          Map.entry(HashAlgorithmTags.SHA1, "SHA-1"),
          Map.entry(HashAlgorithmTags.RIPEMD160, "RIPEMD-160"),
          Map.entry(HashAlgorithmTags.SHA224, "SHA-224"),
          Map.entry(HashAlgorithmTags.SHA256, "SHA-256"),
          Map.entry(HashAlgorithmTags.SHA384, "SHA-384"),
          Map.entry(HashAlgorithmTags.SHA512, "SHA-512"),
          Map.entry(HashAlgorithmTags.SHA3_256, "SHA3-256"),
          Map.entry(HashAlgorithmTags.SHA3_512, "SHA3-512"));

  private static final Map<Integer, String> KEY_NAMES =
      Map.ofEntries(
          Map.entry(PublicKeyAlgorithmTags.RSA_GENERAL, "RSA"),
          Map.entry(PublicKeyAlgorithmTags.DSA, "DSA"),
          Map.entry(PublicKeyAlgorithmTags.ECDSA, "ECDSA"),
          Map.entry(PublicKeyAlgorithmTags.EDDSA_LEGACY, "EdDSA"),
          Map.entry(PublicKeyAlgorithmTags.Ed25519, "Ed25519"),
          Map.entry(PublicKeyAlgorithmTags.Ed448, "Ed448"));

  private final boolean lenient;
  private final boolean sha1SelfSignatures;

  private SignaturePolicy(boolean lenient, boolean sha1SelfSignatures) {
    this.lenient = lenient;
    this.sha1SelfSignatures = sha1SelfSignatures;
  }

  /**
   * Returns the policy for evidence that may suffice.
   *
   * @param sha1SelfSignatures whether self-signatures of a certificate may use SHA-1
   */
  static SignaturePolicy strict(boolean sha1SelfSignatures) {
    return new SignaturePolicy(false, sha1SelfSignatures);
  }

  /** Returns the policy for evidence that is only reported. */
  static SignaturePolicy lenient() {
    return new SignaturePolicy(true, true);
  }

  /**
   * Returns whether a signature with this digest may suffice.
   *
   * @param version the signature's, such as 4
   */
  static boolean isStrongHash(int hashAlgorithm, int version) {
    return STRONG_HASHES.contains(hashAlgorithm)
        && (version >= 6 || !VERSION_6_HASHES.contains(hashAlgorithm));
  }

  /** Returns whether a signature with this digest is still computed, for the report. */
  static boolean isWeakHash(int hashAlgorithm) {
    return WEAK_HASHES.contains(hashAlgorithm);
  }

  /** Returns whether a signature by such a key may suffice. */
  static boolean isStrongKey(int keyAlgorithm, int bits) {
    return strict(false).isAcceptablePublicKeyStrength(keyAlgorithm, bits);
  }

  /** Returns a digest algorithm's name, such as {@code SHA-256}. */
  static String hashName(int hashAlgorithm) {
    return HASH_NAMES.getOrDefault(hashAlgorithm, "digest " + hashAlgorithm);
  }

  /** Returns a key algorithm's name with its size, such as {@code RSA-4096}. */
  static String keyName(int keyAlgorithm, int bits) {
    String name = KEY_NAMES.getOrDefault(keyAlgorithm, "algorithm " + keyAlgorithm);
    return name.equals("RSA") || name.contains("DSA") ? name + "-" + bits : name;
  }

  @Override
  public boolean isAcceptableDocumentSignatureHashAlgorithm(int hash, Date created) {
    return STRONG_HASHES.contains(hash) || (lenient && isWeakHash(hash));
  }

  @Override
  public boolean isAcceptableCertificationSignatureHashAlgorithm(int hash, Date created) {
    return STRONG_HASHES.contains(hash)
        || (lenient && isWeakHash(hash))
        || (sha1SelfSignatures && hash == HashAlgorithmTags.SHA1);
  }

  /** Accepts any digest: a forged revocation can only make a key unusable. */
  @Override
  public boolean isAcceptableRevocationSignatureHashAlgorithm(int hash, Date created) {
    return true;
  }

  @Override
  public boolean isAcceptablePublicKeyStrength(int keyAlgorithm, int bits) {
    return switch (keyAlgorithm) {
      case PublicKeyAlgorithmTags.RSA_GENERAL -> bits >= (lenient ? RSA_BITS / 2 : RSA_BITS);
      case PublicKeyAlgorithmTags.ECDSA, PublicKeyAlgorithmTags.EDDSA_LEGACY -> bits >= 250;
      case PublicKeyAlgorithmTags.Ed25519, PublicKeyAlgorithmTags.Ed448 -> true;
      case PublicKeyAlgorithmTags.DSA -> lenient;
      default -> false;
    };
  }
}
