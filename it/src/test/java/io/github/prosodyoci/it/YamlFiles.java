package io.github.prosodyoci.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Reads YAML. */
final class YamlFiles {

  private YamlFiles() {}

  /** Returns the documents of a file. */
  static List<JsonNode> read(Path file) {
    try {
      JsonMapper mapper = new JsonMapper();
      List<JsonNode> documents = new ArrayList<>();
      LoadSettings settings =
          LoadSettings.builder().setLabel(file.toString()).setSchema(new CoreSchema()).build();
      for (Object document : new Load(settings).loadAllFromString(Files.readString(file))) {
        documents.add(mapper.valueToTree(document));
      }
      return documents;
    } catch (IOException e) {
      throw new UncheckedIOException("Could not read " + file, e);
    }
  }
}
