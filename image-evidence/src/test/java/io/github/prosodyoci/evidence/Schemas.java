package io.github.prosodyoci.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cyclonedx.Version;
import org.cyclonedx.exception.ParseException;
import org.cyclonedx.parsers.JsonParser;

/** The official schemas, and what they say of a document. */
final class Schemas {

  private Schemas() {}

  /** Fails unless a document is valid CycloneDX 1.6, by the official library. */
  static void requireCycloneDx(Path file) throws IOException {
    List<ParseException> errors =
        new JsonParser().validate(Files.readAllBytes(file), Version.VERSION_16);
    assertThat(errors).extracting(Throwable::getMessage).isEmpty();
  }

  /** Fails unless a document is valid SPDX 2.3, by the official schema. */
  static void requireSpdx(Path file) throws IOException {
    JsonNode schema = spdxSchema();
    assertThat(validate(schema, new ObjectMapper().readTree(Files.readAllBytes(file)))).isEmpty();
  }

  static List<String> validate(JsonNode schema, JsonNode document) {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_7)
        .getSchema(schema)
        .validate(document)
        .stream()
        .map(Error::toString)
        .toList();
  }

  static JsonNode spdxSchema() {
    try (InputStream in = Schemas.class.getResourceAsStream("/resources/spdx-schema-v2.3.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
