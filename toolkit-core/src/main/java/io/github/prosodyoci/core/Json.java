package io.github.prosodyoci.core;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes and reads the JSON of every stage: record components in their order, map keys sorted, two
 * spaces of indent, {@code \n} line ends, {@code null} left out.
 */
public final class Json {

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT))
          .defaultPrettyPrinter(printer())
          .build();

  private Json() {}

  private static DefaultPrettyPrinter printer() {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    return new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
  }

  /** Returns a value as indented JSON text that ends with a line end. */
  public static String text(Object value) {
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Could not write " + value.getClass() + " as JSON", e);
    }
  }

  /**
   * Returns a value as JSON without any white space, for documents that are known by their digest.
   */
  public static byte[] compact(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Could not write " + value.getClass() + " as JSON", e);
    }
  }

  /**
   * Writes a value to a file, which appears whole or not at all.
   *
   * @throws IOException if the file cannot be written
   */
  public static void write(Path file, Object value) throws IOException {
    AtomicFiles.write(file, out -> out.write(text(value).getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Returns the value that a JSON file holds; unknown keys are passed over.
   *
   * @throws IOException if the file cannot be read or is not JSON of that type
   */
  public static <T> T read(Path file, Class<T> type) throws IOException {
    return parse(file.toString(), Files.readAllBytes(file), type);
  }

  /**
   * Returns the value that a JSON document holds; unknown keys are passed over.
   *
   * @param name what the document is called in an error message
   * @throws IOException if the document is not JSON of that type
   */
  public static <T> T parse(String name, byte[] json, Class<T> type) throws IOException {
    try {
      T value = MAPPER.readValue(json, type);
      if (value == null) {
        throw new IOException("Could not read " + name + ": it holds null");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new IOException(
          "Could not read " + name + ": not the JSON expected here: " + e.getOriginalMessage(), e);
    }
  }
}
