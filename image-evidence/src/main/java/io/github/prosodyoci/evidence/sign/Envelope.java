package io.github.prosodyoci.evidence.sign;

import io.github.prosodyoci.core.Dsse;
import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Json;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.evidence.EvidenceCode;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A signed statement: an envelope of DSSE 1.0 in a bundle of Sigstore, version 0.3, whose
 * verification material is a hint at the public key.
 */
public final class Envelope {

  /** The media type of a bundle. */
  public static final String MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

  /** The annotation of a bundle that names the type of its statement. */
  public static final String PREDICATE_TYPE_ANNOTATION = "dev.sigstore.bundle.predicateType";

  private final byte[] payload;
  private final String payloadType;
  private final List<byte[]> signatures;

  /**
   * Creates an envelope.
   *
   * @param payload the statement as it was signed
   * @param payloadType the payload's media type
   */
  Envelope(byte[] payload, String payloadType, List<byte[]> signatures) {
    this.payload = payload.clone();
    this.payloadType = payloadType;
    this.signatures = List.copyOf(signatures);
  }

  /** The bundle (sigstore_bundle.proto, as JSON). */
  private record Bundle(
      @Nullable String mediaType,
      @Nullable Material verificationMaterial,
      @Nullable Content dsseEnvelope) {}

  private record Material(@Nullable Hint publicKey) {}

  private record Hint(String hint) {}

  private record Content(
      @Nullable String payload, @Nullable String payloadType, @Nullable List<Sig> signatures) {}

  private record Sig(@Nullable String sig, @Nullable String keyid) {}

  /** Returns a bundle that holds a statement, signed with a key. */
  public static byte[] sign(Statement statement, SigningKey key) {
    byte[] payload = Json.compact(statement);
    Base64.Encoder base64 = Base64.getEncoder();
    byte[] signature = key.sign(Dsse.signedBytes(Statement.PAYLOAD_TYPE, payload));
    return Json.compact(
        new Bundle(
            MEDIA_TYPE,
            new Material(new Hint(key.verifyingKey("").hint())),
            new Content(
                base64.encodeToString(payload),
                Statement.PAYLOAD_TYPE,
                List.of(new Sig(base64.encodeToString(signature), "")))));
  }

  /**
   * Returns the envelope in a bundle, whose signatures are not checked yet.
   *
   * @param name what the bundle is called in messages
   * @throws FailureException with {@link EvidenceCode#BUNDLE_DAMAGED} if it is not one
   */
  public static Envelope parse(String name, byte[] json) {
    try {
      Content dsse = Json.parse(name, json, Bundle.class).dsseEnvelope();
      if (dsse == null
          || dsse.payload() == null
          || dsse.payloadType() == null
          || dsse.signatures() == null) {
        throw damaged(name, "it holds no signed envelope").toException();
      }
      Base64.Decoder base64 = Base64.getDecoder();
      List<byte[]> signatures =
          dsse.signatures().stream()
              .filter(Objects::nonNull)
              .map(each -> base64.decode(Optional.ofNullable(each.sig()).orElse("")))
              .toList();
      return new Envelope(base64.decode(dsse.payload()), dsse.payloadType(), signatures);
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(name, Reasons.of(e)).toException(e);
    }
  }

  private static Failure damaged(String name, String found) {
    return Failure.of(EvidenceCode.BUNDLE_DAMAGED, "read", name, found);
  }

  /** Returns the first of some keys that signed the payload. */
  public Optional<VerifyingKey> signer(List<VerifyingKey> keys) {
    byte[] signed = Dsse.signedBytes(payloadType, payload);
    return keys.stream()
        .filter(key -> signatures.stream().anyMatch(each -> key.verifies(signed, each)))
        .findFirst();
  }

  /**
   * Returns the statement in the payload; to be asked only once the signature was checked.
   *
   * @param name what the bundle is called in messages
   * @throws FailureException with {@link EvidenceCode#BUNDLE_DAMAGED} if it holds no statement
   */
  public Statement statement(String name) {
    if (!payloadType.equals(Statement.PAYLOAD_TYPE)) {
      throw damaged(name, "its payload is " + payloadType)
          .expecting(Statement.PAYLOAD_TYPE)
          .toException();
    }
    try {
      Statement statement = Json.parse(name, payload, Statement.class);
      if (!Statement.TYPE.equals(statement.type()) || statement.predicateType() == null) {
        throw damaged(name, "its payload is no statement").toException();
      }
      return statement;
    } catch (IOException e) {
      throw damaged(name, Reasons.of(e)).toException(e);
    }
  }
}
