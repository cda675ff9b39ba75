package io.github.prosodyoci.verify.openpgp;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.verify.VerifyCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.api.OpenPGPCertificate;
import org.bouncycastle.openpgp.api.OpenPGPImplementation;
import org.bouncycastle.openpgp.api.OpenPGPPolicy;
import org.bouncycastle.openpgp.api.bc.BcOpenPGPImplementation;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;

/**
 * A public OpenPGP certificate: a primary key, its subkeys and user identities.
 *
 * @param fingerprint the primary key's fingerprint, upper-case hexadecimal digits (40 of a version
 *     4 key, 64 of a version 6 key)
 */
public record Certificate(String fingerprint, PGPPublicKeyRing ring) {

  private static final int MAX_BYTES = 4 << 20;

  /**
   * Returns the certificates in a file's bytes, armored or binary.
   *
   * @throws FailureException with {@link VerifyCode#TRUST} if there is anything else in it
   */
  public static List<Certificate> readAll(byte[] file) {
    if (file.length > MAX_BYTES) {
      throw VerifyCode.TRUST.failure("it is larger than " + MAX_BYTES + " bytes");
    }
    try {
      if (Armor.isBinary(file)) {
        return split(file);
      }
      List<Certificate> certificates = new ArrayList<>();
      for (byte[] block : Armor.read(file, "PGP PUBLIC KEY BLOCK")) {
        certificates.addAll(split(block));
      }
      return certificates;
    } catch (FailureException e) {
      throw VerifyCode.TRUST.failure(e.failure().found());
    }
  }

  private static List<Certificate> split(byte[] packets) {
    List<Packets.Packet> walked = Packets.walk(packets, Packets.CERTIFICATE);
    if (walked.isEmpty() || walked.get(0).tag() != Packets.PUBLIC_KEY) {
      throw VerifyCode.TRUST.failure("it does not start with a public key");
    }
    List<Certificate> certificates = new ArrayList<>();
    int end = packets.length;
    for (int i = walked.size() - 1; i >= 0; i--) {
      if (walked.get(i).tag() == Packets.PUBLIC_KEY) {
        certificates.add(0, read(Arrays.copyOfRange(packets, walked.get(i).start(), end)));
        end = walked.get(i).start();
      }
    }
    return certificates;
  }

  private static Certificate read(byte[] packets) {
    PGPPublicKeyRing ring =
        guarded(
            VerifyCode.TRUST,
            () -> new PGPPublicKeyRing(packets, new BcKeyFingerprintCalculator()));
    return new Certificate(hex(ring.getPublicKey().getFingerprint()), ring);
  }

  /** Returns the key that a signature's issuers name, if it is one of this certificate's. */
  Optional<PGPPublicKey> key(List<String> issuers) {
    for (Iterator<PGPPublicKey> keys = ring.getPublicKeys(); keys.hasNext(); ) {
      PGPPublicKey key = keys.next();
      String print = hex(key.getFingerprint());
      if (issuers.stream().anyMatch(issuer -> names(issuer, print))) {
        return Optional.of(key);
      }
    }
    return Optional.empty();
  }

  /**
   * Returns whether an issuer, a key id or a fingerprint, is that of a key (RFC 9580, section
   * 5.5.4).
   */
  static boolean names(String issuer, String fingerprint) {
    if (issuer.length() != 16) {
      return issuer.equals(fingerprint);
    }
    return fingerprint.length() == 40
        ? fingerprint.endsWith(issuer)
        : fingerprint.startsWith(issuer);
  }

  /**
   * Returns the certificate as Bouncy Castle evaluates it by a policy: a copy of its own, since
   * signatures are computed inside their objects, and threads must not share them.
   */
  OpenPGPCertificate evaluated(OpenPGPPolicy policy) {
    return guarded(
        VerifyCode.TRUST,
        () -> {
          PGPPublicKeyRing copy =
              new PGPPublicKeyRing(ring.getEncoded(), new BcKeyFingerprintCalculator());
          return new OpenPGPCertificate(
              SelfSignatures.onlyGenuine(copy), implementation(policy), policy);
        });
  }

  /** Returns an implementation whose own policy is the one given, lest a default slips in. */
  static OpenPGPImplementation implementation(OpenPGPPolicy policy) {
    return new BcOpenPGPImplementation().setPolicy(policy);
  }

  /** Returns the first user identity, as the certificate's owner wrote it, or the fingerprint. */
  String userId() {
    Iterator<byte[]> ids = ring.getPublicKey().getRawUserIDs();
    return ids.hasNext()
        ? Reasons.printable(new String(ids.next(), StandardCharsets.UTF_8))
        : fingerprint;
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().withUpperCase().formatHex(bytes);
  }

  /** A step inside the OpenPGP library. */
  @FunctionalInterface
  interface Step<T> {
    T run() throws IOException, PGPException;
  }

  /**
   * Runs a step of the library, which may end in any exception when it is given hostile bytes.
   *
   * @throws FailureException with the code given, whatever went wrong
   */
  static <T> T guarded(VerifyCode code, Step<T> step) {
    try {
      return step.run();
    } catch (FailureException e) {
      throw e;
    } catch (Exception | StackOverflowError | OutOfMemoryError e) {
      throw code.failure("the signature", "it is malformed: " + Reasons.excerpt(Reasons.of(e)), e);
    }
  }
}
