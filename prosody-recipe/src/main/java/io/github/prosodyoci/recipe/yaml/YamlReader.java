package io.github.prosodyoci.recipe.yaml;

import io.github.prosodyoci.core.FileFailures;
import io.github.prosodyoci.core.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Parses YAML of bounded size and depth, without aliases. */
final class YamlReader {

  private static final int MAXIMUM_BYTES = 1 << 20;
  private static final int MAXIMUM_DEPTH = 32;

  private YamlReader() {}

  static YamlMap read(Path file) {
    Place start = new Place(file, 1);
    try {
      long size = Files.size(file);
      if (size > MAXIMUM_BYTES) {
        throw YamlNode.failure(start, "the file has " + size + " bytes")
            .expecting("at most " + MAXIMUM_BYTES)
            .toException();
      }
      byte[] bytes = Files.readAllBytes(file);
      return parse(
          file, StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      throw YamlNode.failure(start, "the file is not UTF-8").toException(e);
    } catch (IOException e) {
      throw FileFailures.of("read", file.toString(), file.resolveSibling(""), e);
    }
  }

  static YamlMap parse(Path file, String text) {
    LoadSettings settings =
        LoadSettings.builder().setLabel(file.toString()).setSchema(new CoreSchema()).build();
    try {
      rejectUnwanted(file, new Parse(settings).parseString(text));
      Iterator<Node> documents = new Compose(settings).composeAllFromString(text).iterator();
      if (!documents.hasNext()) {
        throw YamlNode.failure(new Place(file, 1), "the file is empty").toException();
      }
      return new YamlNode(file, "the whole file", documents.next()).map();
    } catch (MarkedYamlEngineException e) {
      throw YamlNode.failure(place(file, e.getProblemMark()), "not YAML: " + e.getProblem())
          .toException(e);
    } catch (YamlEngineException e) {
      throw YamlNode.failure(new Place(file, 1), "not YAML: " + e.getMessage()).toException(e);
    }
  }

  static Place place(Path file, Optional<Mark> mark) {
    return new Place(file, mark.map(Mark::getLine).orElse(0) + 1);
  }

  /** Refuses, before anything recursive runs, what could grow without bound or hide a value. */
  private static void rejectUnwanted(Path file, Iterable<Event> events) {
    int depth = 0;
    int documents = 0;
    for (Event event : events) {
      Place place = place(file, event.getStartMark());
      switch (event.getEventId()) {
        case Alias ->
            throw YamlNode.failure(place, "aliases (*name) are not supported").toException();
        case MappingStart, SequenceStart -> depth++;
        case MappingEnd, SequenceEnd -> depth--;
        case DocumentStart -> documents++;
        default -> {}
      }
      if (depth > MAXIMUM_DEPTH) {
        throw YamlNode.failure(place, "nested deeper than " + MAXIMUM_DEPTH + " levels")
            .toException();
      }
      if (documents > 1) {
        throw YamlNode.failure(place, "a second document starts here").toException();
      }
    }
  }
}
