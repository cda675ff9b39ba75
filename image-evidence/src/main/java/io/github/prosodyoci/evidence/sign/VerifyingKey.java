package io.github.prosodyoci.evidence.sign;

import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.evidence.EvidenceCode;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.Time;

/** A public key that is trusted to sign evidence; alone, or in a certificate that ends some day. */
public final class VerifyingKey {

  /** The order of the curve P-256 (SEC 2, 2.4.2). */
  static final BigInteger P256_ORDER =
      new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMddHHmmss", Locale.ROOT);

  private final String name;
  private final PublicKey key;
  private final Optional<Certificate> certificate;

  private VerifyingKey(String name, PublicKey key, Optional<Certificate> certificate) {
    this.name = name;
    this.key = key;
    this.certificate = certificate;
  }

  /**
   * Returns the key in a PEM text: a public key (RFC 5280, SubjectPublicKeyInfo) or a certificate.
   *
   * @param name what the key is called in messages
   * @throws FailureException with {@link EvidenceCode#BAD_KEY} if it is neither, or of another kind
   *     than ECDSA on P-256 and Ed25519
   */
  public static VerifyingKey parse(String name, String pem) {
    Pem block =
        Pem.first(pem).orElseThrow(() -> unusable(name, "it is not a PEM file").toException());
    try {
      return switch (block.label()) {
        case "PUBLIC KEY" -> new VerifyingKey(name, key(name, block.der()), Optional.empty());
        case "CERTIFICATE" -> {
          Certificate certificate = Certificate.getInstance(block.der());
          byte[] info = certificate.getSubjectPublicKeyInfo().getEncoded();
          yield new VerifyingKey(name, key(name, info), Optional.of(certificate));
        }
        default ->
            throw unusable(name, "it holds a block \"" + block.label() + "\"")
                .expecting("\"PUBLIC KEY\" or \"CERTIFICATE\"")
                .toException();
      };
    } catch (IOException | IllegalArgumentException e) {
      throw unusable(name, "its content is not what its header says").toException(e);
    }
  }

  private static PublicKey key(String name, byte[] info) {
    for (String algorithm : new String[] {"EC", "Ed25519"}) {
      try {
        PublicKey key =
            KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(info));
        if (key instanceof EdECPublicKey
            || (key instanceof ECPublicKey curve
                && curve.getParams().getOrder().equals(P256_ORDER))) {
          return key;
        }
      } catch (GeneralSecurityException e) {
        // It is of the other kind, or of none.
      }
    }
    throw unusable(name, "it is a key of another kind")
        .expecting("ECDSA on P-256, or Ed25519")
        .toException();
  }

  private static Failure unusable(String name, String found) {
    return Failure.of(EvidenceCode.BAD_KEY, "use", "the trusted key " + name, found);
  }

  /**
   * Checks that the key may be used at a time.
   *
   * @throws FailureException with {@link EvidenceCode#CERTIFICATE_EXPIRED} if its certificate is
   *     not valid then
   */
  public void requireValid(Instant now) {
    if (certificate.isEmpty()) {
      return;
    }
    Instant from = instant(certificate.get().getStartDate());
    Instant until = instant(certificate.get().getEndDate());
    if (now.isBefore(from) || now.isAfter(until)) {
      throw Failure.of(
              EvidenceCode.CERTIFICATE_EXPIRED,
              "use",
              "the trusted key " + name,
              "its certificate is valid from " + from + " until " + until)
          .expecting("validity at " + now)
          .toException();
    }
  }

  /** Returns a time of a certificate, which is in UTC and has seconds (RFC 5280, 4.1.2.5). */
  private static Instant instant(Time time) {
    return LocalDateTime.parse(time.getTime().substring(0, 14), TIME).toInstant(ZoneOffset.UTC);
  }

  /** Returns what the key is called. */
  public String name() {
    return name;
  }

  /** Returns the digest of the public key, which identifies it whatever it is called. */
  public Digest fingerprint() {
    return Digest.of(key.getEncoded());
  }

  /** Returns the hint by which bundles name a key: the digest of the public key, in Base64. */
  public String hint() {
    return Base64.getEncoder().encodeToString(Digest.sha256().digest(key.getEncoded()));
  }

  /** Returns whether a signature of some bytes was made with the private half of this key. */
  public boolean verifies(byte[] bytes, byte[] signature) {
    try {
      Signature verifier =
          Signature.getInstance(key instanceof ECPublicKey ? "SHA256withECDSA" : "Ed25519");
      verifier.initVerify(key);
      verifier.update(bytes);
      return verifier.verify(signature);
    } catch (SignatureException e) {
      // It is not even formed like a signature.
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Java platform from 15 on has both algorithms", e);
    }
  }
}
