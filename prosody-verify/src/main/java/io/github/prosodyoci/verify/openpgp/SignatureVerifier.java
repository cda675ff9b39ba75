package io.github.prosodyoci.verify.openpgp;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.recipe.Waiver;
import io.github.prosodyoci.verify.VerifyCode;
import io.github.prosodyoci.verify.openpgp.SignatureResult.Verdict;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.openpgp.PGPPublicKey;

/**
 * Verifies OpenPGP signatures over documents by pinned certificates: our own reader in front of
 * Bouncy Castle, and one policy throughout. Nothing is taken from this machine's keyrings.
 */
public final class SignatureVerifier {

  /** How far a signature's time may be ahead of this machine's clock. */
  public static final Duration TOLERANCE = Duration.ofMinutes(5);

  /** The most bytes that a file of signatures may have. */
  public static final int MAX_SIGNATURE_FILE = 128 << 10;

  private static final int BINARY_DOCUMENT = 0x00;
  private static final int TEXT_DOCUMENT = 0x01;

  private final Clock clock;

  /** Creates a verifier that judges times by a clock. */
  public SignatureVerifier(Clock clock) {
    this.clock = clock;
  }

  /**
   * Verifies detached signatures over binary data.
   *
   * @param signature the signature file's content, armored or binary
   * @param data the signed data; read to its end, not closed
   * @param signers the certificates that are pinned for it
   * @param waivers the weaknesses to accept
   * @return a result for each signature
   * @throws FailureException if the signature file is not one, as {@link VerifyCode#SIG_SYNTAX}
   * @throws IOException if the data cannot be read
   */
  public SignatureReport detached(
      byte[] signature, InputStream data, Collection<Certificate> signers, Set<Waiver> waivers)
      throws IOException {
    if (signature.length > MAX_SIGNATURE_FILE) {
      throw tooLarge();
    }
    return verify(
        SignaturePacket.readAll(packets(signature)), BINARY_DOCUMENT, data, signers, waivers);
  }

  /**
   * Returns the hashed creation times of the signatures in a file, without verifying any.
   *
   * @param signature the signature file's content, armored or binary
   * @throws FailureException if it is not a signature file, as {@link VerifyCode#SIG_SYNTAX}
   */
  public static List<Instant> creationTimes(byte[] signature) {
    if (signature.length > MAX_SIGNATURE_FILE) {
      throw tooLarge();
    }
    return SignaturePacket.readAll(packets(signature)).stream()
        .flatMap(packet -> packet.created().stream())
        .toList();
  }

  private static FailureException tooLarge() {
    return VerifyCode.SIG_SYNTAX.failure(
        "it is larger than " + MAX_SIGNATURE_FILE + " bytes: not a signature");
  }

  private static byte[] packets(byte[] signature) {
    if (Armor.isBinary(signature)) {
      return signature;
    }
    List<byte[]> blocks = Armor.read(signature, "PGP SIGNATURE");
    if (blocks.size() > 1) {
      throw VerifyCode.SIG_SYNTAX.failure("it holds more than one armored block");
    }
    return blocks.get(0);
  }

  /**
   * Verifies the signatures of a clear-signed message.
   *
   * @throws FailureException if its signatures cannot be read, as {@link VerifyCode#SIG_SYNTAX}
   */
  public SignatureReport clearSigned(ClearSigned message, Collection<Certificate> signers) {
    try {
      return verify(
          message.signatures(),
          TEXT_DOCUMENT,
          new ByteArrayInputStream(message.signedBytes()),
          signers,
          Set.of());
    } catch (IOException e) {
      throw new IllegalStateException("Memory can always be read", e);
    }
  }

  private SignatureReport verify(
      List<SignaturePacket> packets,
      int type,
      InputStream data,
      Collection<Certificate> signers,
      Set<Waiver> waivers)
      throws IOException {
    // Read once, so that a clock that is set meanwhile cannot give two answers.
    Instant now = clock.instant();
    List<PendingSignature> pending = new ArrayList<>();
    for (SignaturePacket packet : packets) {
      pending.add(examine(packet, type, now, signers, waivers));
    }
    PendingSignature.compute(pending, data, now);
    return new SignatureReport(pending.stream().map(PendingSignature::result).toList());
  }

  /** Checks everything that needs no cryptography (sections are those of RFC 9580). */
  private static PendingSignature examine(
      SignaturePacket packet,
      int type,
      Instant now,
      Collection<Certificate> signers,
      Set<Waiver> waivers) {
    // Section 5.2: versions 3 and 5 are not verified.
    if (packet.version() != 4 && packet.version() != 6) {
      return PendingSignature.decided(
          byUnknown(packet)
              .judged(
                  Verdict.BAD,
                  VerifyCode.SIG_VERSION,
                  "it is a version " + packet.version() + " signature; expected 4 or 6"));
    }
    // Sections 5.2.3.12 and 5.2.3.35: issuer key ids and fingerprints name the key.
    for (Certificate signer : signers) {
      Optional<PGPPublicKey> key = signer.key(packet.issuers());
      if (key.isPresent()) {
        return examine(packet, type, now, signer, key.get(), waivers);
      }
    }
    return PendingSignature.decided(
        byUnknown(packet)
            .judged(Verdict.UNKNOWN, VerifyCode.WRONG_SIGNER, "its signer is not pinned"));
  }

  private static PendingSignature examine(
      SignaturePacket packet,
      int type,
      Instant now,
      Certificate signer,
      PGPPublicKey key,
      Set<Waiver> waivers) {
    String hash = SignaturePolicy.hashName(packet.hashAlgorithm());
    String keyName = SignaturePolicy.keyName(key.getAlgorithm(), key.getBitStrength());
    SignatureResult by =
        new SignatureResult(
            Verdict.BAD,
            Optional.empty(),
            "",
            signer.fingerprint(),
            signer.userId(),
            packet.created().stream().findFirst(),
            keyName + ", " + hash,
            List.of());
    // Section 9.5: digests.
    boolean strongHash = SignaturePolicy.isStrongHash(packet.hashAlgorithm(), packet.version());
    try {
      checkType(packet, type);
      checkTime(packet, key, now);
      checkIssuers(packet, key);
      if (!strongHash && !SignaturePolicy.isWeakHash(packet.hashAlgorithm())) {
        throw VerifyCode.WEAK_HASH.failure("it uses " + hash);
      }
    } catch (FailureException e) {
      return PendingSignature.decided(by.bad(e));
    }
    if (!strongHash) {
      return PendingSignature.weak(
          by.judged(Verdict.WEAK, VerifyCode.WEAK_HASH, "it uses " + hash), packet, signer);
    }
    // Section 9.1: public-key algorithms.
    if (!SignaturePolicy.isStrongKey(key.getAlgorithm(), key.getBitStrength())) {
      return PendingSignature.weak(
          by.judged(Verdict.WEAK, VerifyCode.WEAK_KEY, "its key is " + keyName), packet, signer);
    }
    return PendingSignature.strong(by, packet, signer, waivers);
  }

  private static SignatureResult byUnknown(SignaturePacket packet) {
    return new SignatureResult(
        Verdict.UNKNOWN,
        Optional.empty(),
        "",
        packet.issuers().stream()
            .max(Comparator.comparingInt(String::length))
            .orElse("nobody named"),
        "",
        packet.created().stream().findFirst(),
        SignaturePolicy.hashName(packet.hashAlgorithm()),
        List.of());
  }

  private static void checkType(SignaturePacket packet, int type) {
    // Section 5.2.1: a signature of another type does not sign a document of this kind.
    if (packet.type() != type) {
      throw VerifyCode.SIG_TYPE.failure(
          "it is a signature of the kind \""
              + packet.typeName()
              + "\"; expected \""
              + (type == TEXT_DOCUMENT ? "text document" : "binary document")
              + "\"");
    }
    // Section 5.2.3.7: a critical subpacket that is not understood makes the signature invalid.
    if (packet.critical().isPresent()) {
      throw VerifyCode.SIG_SYNTAX.failure(
          "it has a critical subpacket " + packet.critical().get() + ", which is not understood");
    }
  }

  private static void checkTime(SignaturePacket packet, PGPPublicKey key, Instant now) {
    // Section 5.2.3.11: the creation time must be in the hashed area.
    if (packet.created().size() != 1) {
      throw VerifyCode.SIG_TIME.failure(
          "it has " + packet.created().size() + " signed creation times; expected 1");
    }
    Instant created = packet.created().get(0);
    if (created.isAfter(now.plus(TOLERANCE))) {
      throw VerifyCode.SIG_TIME.failure("its creation time " + created + " is in the future");
    }
    if (created.isBefore(key.getCreationTime().toInstant())) {
      throw VerifyCode.SIG_TIME.failure("it is older than its key");
    }
    // Section 5.2.3.18: the expiration time counts from the creation time.
    Optional<Instant> expires = packet.lifetime().map(created::plusSeconds);
    if (expires.isPresent() && !expires.get().isAfter(now)) {
      throw VerifyCode.SIG_TIME.failure("it expired at " + expires.get());
    }
  }

  private static void checkIssuers(SignaturePacket packet, PGPPublicKey key) {
    String fingerprint = Certificate.hex(key.getFingerprint());
    for (String issuer : packet.issuers()) {
      if (!Certificate.names(issuer, fingerprint)) {
        throw VerifyCode.PIN_MISMATCH.failure(
            "it names two issuers, " + fingerprint + " and " + issuer);
      }
    }
  }
}
