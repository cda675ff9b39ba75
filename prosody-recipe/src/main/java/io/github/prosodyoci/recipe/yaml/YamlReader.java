package io.github.prosodyoci.recipe.yaml;

import io.github.prosodyoci.recipe.RecipeException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Iterator;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Parses YAML of bounded size and depth, without aliases and tags. */
final class YamlReader {

  private static final int MAXIMUM_BYTES = 1 << 20;
  private static final int MAXIMUM_DEPTH = 32;

  private YamlReader() {}

  static YamlMap read(Path file) {
    byte[] bytes;
    try {
      if (Files.size(file) > MAXIMUM_BYTES) {
        throw new RecipeException(
            file + ": larger than " + MAXIMUM_BYTES + " bytes, which no recipe is");
      }
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new RecipeException("Could not read " + file + ": there is no such file", e);
    } catch (IOException e) {
      throw new RecipeException("Could not read " + file + ": " + e, e);
    }
    try {
      return parse(
          file, StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      throw new RecipeException(file + ": not a UTF-8 text", e);
    }
  }

  static YamlMap parse(Path file, String text) {
    LoadSettings settings =
        LoadSettings.builder().setLabel(file.toString()).setSchema(new CoreSchema()).build();
    try {
      rejectUnwanted(file, new Parse(settings).parseString(text));
      Iterator<Node> documents = new Compose(settings).composeAllFromString(text).iterator();
      if (!documents.hasNext()) {
        throw new RecipeException(file + ":1: the file is empty");
      }
      return new YamlNode(file, "the whole file", documents.next()).map();
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      throw new RecipeException(file + ":" + line + ": not YAML: " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new RecipeException(file + ":1: not YAML: " + e.getMessage(), e);
    }
  }

  /** Refuses, before anything recursive runs, what could grow without bound or hide a value. */
  private static void rejectUnwanted(Path file, Iterable<Event> events) {
    int depth = 0;
    int documents = 0;
    for (Event event : events) {
      int line = event.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
      switch (event.getEventId()) {
        case Alias ->
            throw new RecipeException(file + ":" + line + ": aliases (*name) are not known here");
        case MappingStart, SequenceStart -> depth++;
        case MappingEnd, SequenceEnd -> depth--;
        case DocumentStart -> documents++;
        default -> {}
      }
      if (depth > MAXIMUM_DEPTH) {
        throw new RecipeException(
            file + ":" + line + ": nested deeper than " + MAXIMUM_DEPTH + " levels");
      }
      if (documents > 1) {
        throw new RecipeException(file + ":" + line + ": a second document starts here");
      }
    }
  }
}
