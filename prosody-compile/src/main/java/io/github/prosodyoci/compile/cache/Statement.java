package io.github.prosodyoci.compile.cache;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.prosodyoci.core.Digest;
import io.github.prosodyoci.core.Dsse;
import io.github.prosodyoci.core.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A signed statement about a cached build: an in-toto statement (in-toto attestation framework,
 * Statement v1) in a DSSE envelope (Dead Simple Signing Envelope 1.0); docs/recipes.md shows it.
 *
 * @param input the digest of everything that the packages were built from
 * @param recipe the recipe's name
 * @param files the digest of each file, by its name
 */
record Statement(Digest input, String recipe, SortedMap<String, Digest> files) {

  private static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";
  private static final String TYPE = "https://in-toto.io/Statement/v1";
  private static final String PREDICATE_TYPE =
      "https://github.com/prosody-oci/prosody-oci/blob/main/docs/recipes.md#cache-statement-v1";

  /** Copies the map. */
  Statement {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  /** Why an entry of the cache is not used. */
  static final class NotTrustedException extends Exception {
    private static final long serialVersionUID = 1;

    NotTrustedException(String reason) {
      super(reason);
    }

    String reason() {
      return String.valueOf(getMessage());
    }
  }

  /** The envelope of DSSE. */
  record Envelope(String payload, String payloadType, List<Signed> signatures) {
    Envelope {
      requireNonNull(payload);
      requireNonNull(payloadType);
      signatures = List.copyOf(signatures);
    }

    record Signed(String keyid, String sig) {
      Signed {
        requireNonNull(sig);
      }
    }
  }

  /** The statement of in-toto. */
  record Document(
      @JsonProperty("_type") String type,
      List<Subject> subject,
      String predicateType,
      Predicate predicate) {

    Document {
      subject = List.copyOf(subject);
      requireNonNull(predicate);
    }

    record Subject(String name, Sha256 digest) {}

    record Sha256(String sha256) {}

    record Predicate(Digest input, String recipe) {}
  }

  /** Returns the signed statement as JSON. */
  byte[] signed(StatementKey key) {
    List<Document.Subject> subjects = new ArrayList<>();
    files.forEach(
        (name, digest) ->
            subjects.add(new Document.Subject(name, new Document.Sha256(digest.hex()))));
    byte[] payload =
        Json.compact(
            new Document(TYPE, subjects, PREDICATE_TYPE, new Document.Predicate(input, recipe)));
    try {
      Base64.Encoder base64 = Base64.getEncoder();
      Envelope envelope =
          new Envelope(
              base64.encodeToString(payload),
              PAYLOAD_TYPE,
              List.of(
                  new Envelope.Signed(
                      key.id(),
                      base64.encodeToString(key.sign(Dsse.signedBytes(PAYLOAD_TYPE, payload))))));
      return Json.text(envelope).getBytes(StandardCharsets.UTF_8);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Every Ed25519 key can sign", e);
    }
  }

  /**
   * Returns the statement that a signed document holds.
   *
   * @throws NotTrustedException if it is not signed with the key, or is not such a statement
   */
  static Statement verify(byte[] json, StatementKey key) throws NotTrustedException {
    try {
      Envelope envelope = Json.parse("the statement", json, Envelope.class);
      byte[] payload = Base64.getDecoder().decode(envelope.payload());
      byte[] signed = Dsse.signedBytes(envelope.payloadType(), payload);
      boolean good = false;
      for (Envelope.Signed each : envelope.signatures()) {
        good |= key.verifies(signed, Base64.getDecoder().decode(each.sig()));
      }
      if (!good) {
        throw new NotTrustedException("its statement is not signed with this user's key");
      }
      Document document = Json.parse("the statement", payload, Document.class);
      if (!TYPE.equals(document.type()) || !PREDICATE_TYPE.equals(document.predicateType())) {
        throw new NotTrustedException("its statement is about something else");
      }
      SortedMap<String, Digest> files = new TreeMap<>();
      for (Document.Subject subject : document.subject()) {
        files.put(subject.name(), new Digest(subject.digest().sha256()));
      }
      return new Statement(document.predicate().input(), document.predicate().recipe(), files);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new NotTrustedException("its statement is damaged");
    }
  }
}
