package io.github.prosodyoci.evidence.vex;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The JSON of OpenVEX 0.2.0, as far as it is used here, in the order in which it is written. */
public final class OpenVex {

  /** The media type of a document. */
  public static final String MEDIA_TYPE = "application/vnd.openvex+json";

  /** The type of a signed document. */
  public static final String PREDICATE_TYPE = "https://openvex.dev/ns/v0.2.0";

  private OpenVex() {}

  /** The document. */
  public record Document(
      @JsonProperty("@context") String context,
      @JsonProperty("@id") String id,
      String author,
      String role,
      String timestamp,
      int version,
      String tooling,
      List<Statement> statements) {}

  /** What is so with one vulnerability in some products. */
  public record Statement(
      Vulnerability vulnerability,
      List<Product> products,
      String status,
      @JsonProperty("status_notes") @Nullable String statusNotes,
      @Nullable String justification,
      @JsonProperty("impact_statement") @Nullable String impactStatement,
      @JsonProperty("action_statement") @Nullable String actionStatement) {}

  /** A vulnerability. */
  public record Vulnerability(String name) {}

  /** An image, and the packages in it that a statement is about. */
  public record Product(
      @JsonProperty("@id") String id, Identifiers identifiers, List<Subcomponent> subcomponents) {}

  /** Names that other programs know. */
  public record Identifiers(String purl, @Nullable String cpe23) {}

  /** A package. */
  public record Subcomponent(@JsonProperty("@id") String id, Identifiers identifiers) {}
}
