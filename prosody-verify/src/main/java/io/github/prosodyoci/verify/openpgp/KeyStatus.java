package io.github.prosodyoci.verify.openpgp;

import io.github.prosodyoci.recipe.Waiver;
import io.github.prosodyoci.verify.VerifyCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bouncycastle.openpgp.api.OpenPGPCertificate;
import org.bouncycastle.openpgp.api.OpenPGPCertificate.OpenPGPComponentKey;
import org.bouncycastle.openpgp.api.OpenPGPCertificate.OpenPGPComponentSignature;

/**
 * What a certificate says about the key that made a signature, at the time of that signature: its
 * revocations, expiry, key flags and binding signatures (RFC 9580, sections 5.2.1, 5.2.3.13,
 * 5.2.3.29 and 10.1).
 */
final class KeyStatus {

  private static final Date EVER = Date.from(Instant.parse("9999-01-01T00:00:00Z"));

  private final OpenPGPComponentKey primary;
  private final OpenPGPComponentKey key;
  private final Date date;
  private final Set<Waiver> waivers;

  KeyStatus(
      OpenPGPCertificate certificate, OpenPGPComponentKey key, Date date, Set<Waiver> waivers) {
    this.primary = certificate.getPrimaryKey();
    this.key = key;
    this.date = date;
    this.waivers = waivers;
  }

  /** Returns whether a waiver lets the key sign although its certificate does not say so. */
  boolean isForgiven() {
    return waivers.contains(Waiver.NO_KEY_FLAGS)
        && key.isPrimaryKey()
        && Certificate.guarded(
            VerifyCode.SIG_SYNTAX, () -> key.isBoundAt(date) && key.getKeyFlags(date) == null);
  }

  /** Returns why the key's signature is not valid although it matches the data. */
  VerifyCode code() {
    if (isRevoked(primary) || isRevoked(key)) {
      return VerifyCode.KEY_REVOKED;
    }
    if (isExpired(primary) || isExpired(key)) {
      return VerifyCode.KEY_EXPIRED;
    }
    return hasWeakBinding(primary) || hasWeakBinding(key)
        ? VerifyCode.WEAK_HASH
        : VerifyCode.KEY_NOT_SIGNING;
  }

  /** Returns the reason in words. */
  String reason() {
    String print = Certificate.hex(key.getPGPPublicKey().getFingerprint());
    return switch (code()) {
      case KEY_REVOKED -> "its key " + print + " is revoked";
      case KEY_EXPIRED -> "its key " + print + " had expired when it signed";
      case WEAK_HASH ->
          "the certificate of its key "
              + print
              + " is bound by a weak digest (waiver "
              + Waiver.SHA1_SELF_SIGNATURE
              + ")";
      default -> "its key " + print + " was not allowed to sign documents";
    };
  }

  /** Returns what a reader should know about a key whose signature is valid. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    Stream.of(primary, key)
        .flatMap(component -> expiry(component, EVER).stream())
        .min(Comparator.naturalOrder())
        .ifPresent(end -> notes.add("key valid until " + end));
    if (isRevoked(primary, EVER) || isRevoked(key, EVER)) {
      notes.add("key retired after it signed");
    }
    return notes;
  }

  private boolean isRevoked(OpenPGPComponentKey component) {
    return isRevoked(component, date);
  }

  private static boolean isRevoked(OpenPGPComponentKey component, Date when) {
    return !component.isBoundAt(when) && component.getRevocation(when) != null;
  }

  private boolean isExpired(OpenPGPComponentKey component) {
    return expiry(component, date).filter(end -> end.isBefore(date.toInstant())).isPresent();
  }

  private static Optional<Instant> expiry(OpenPGPComponentKey component, Date when) {
    return Optional.ofNullable(component.getCertification(when))
        .flatMap(binding -> Optional.ofNullable(binding.getKeyExpirationTime()))
        .map(Date::toInstant);
  }

  private boolean hasWeakBinding(OpenPGPComponentKey component) {
    OpenPGPComponentSignature binding = component.getCertification(date);
    return binding != null
        && !SignaturePolicy.isStrongHash(
            binding.getSignature().getHashAlgorithm(), binding.getSignature().getVersion());
  }
}
