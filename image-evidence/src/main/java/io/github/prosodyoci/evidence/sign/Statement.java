package io.github.prosodyoci.evidence.sign;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.github.prosodyoci.core.Digest;
import java.util.List;
import java.util.Map;

/**
 * A statement about an artifact (in-toto attestation framework, Statement v1).
 *
 * @param type always {@link #TYPE}
 * @param subject what it is about
 * @param predicateType the kind of what is said
 * @param predicate what is said
 */
public record Statement(
    @JsonProperty("_type") String type,
    List<Subject> subject,
    String predicateType,
    Object predicate) {

  /** The type of every statement. */
  public static final String TYPE = "https://in-toto.io/Statement/v1";

  /** The type of a statement as the payload of an envelope. */
  public static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";

  /** Copies the list. */
  public Statement {
    subject = subject == null ? List.of() : List.copyOf(subject);
  }

  /** Returns a statement about one image. */
  public static Statement about(String name, Digest image, String predicateType, Object predicate) {
    return new Statement(
        TYPE, List.of(new Subject(name, Map.of("sha256", image.hex()))), predicateType, predicate);
  }

  /** What a statement is about: its name, and its digests by algorithm. */
  public record Subject(String name, Map<String, String> digest) {

    /** Copies the map. */
    public Subject {
      digest = digest == null ? Map.of() : Map.copyOf(digest);
    }
  }

  /** Returns whether it is about something with a digest. */
  public boolean isAbout(Digest digest) {
    return subject.stream().anyMatch(each -> digest.hex().equals(each.digest().get("sha256")));
  }
}
