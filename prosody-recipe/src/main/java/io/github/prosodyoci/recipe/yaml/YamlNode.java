package io.github.prosodyoci.recipe.yaml;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Place;
import io.github.prosodyoci.recipe.RecipeCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A value in a YAML file, with its place. Methods that want another kind of value throw a {@link
 * FailureException} with {@link RecipeCode#DECLARATION}.
 */
public final class YamlNode {

  private final Path file;
  private final String name;
  private final Node node;

  YamlNode(Path file, String name, Node node) {
    this.file = file;
    this.name = name;
    this.node = node;
  }

  /** Returns the file. */
  public Path file() {
    return file;
  }

  /** Returns the line where the value starts. */
  public Place where() {
    return YamlReader.place(file, node.getStartMark());
  }

  /** Returns where the value starts, in code points of the text. */
  int start() {
    return node.getStartMark().orElseThrow().getIndex();
  }

  /** Returns where the value ends, in code points of the text. */
  int end() {
    return node.getEndMark().orElseThrow().getIndex();
  }

  /** Returns an exception that says what is wrong with this value. */
  public FailureException error(String found) {
    return failure(where(), found).toException();
  }

  /** Returns an exception that says what is wrong with this value, and what would be right. */
  public FailureException error(String found, String expected) {
    return failure(where(), found).expecting(expected).toException();
  }

  static Failure failure(Place place, String found) {
    return Failure.of(
            RecipeCode.DECLARATION, "read", String.valueOf(place.file().getFileName()), found)
        .at(place);
  }

  /** Returns whether the value is a scalar: a text, a number, or a truth value. */
  public boolean isText() {
    return node instanceof ScalarNode && !isNull();
  }

  /** Returns whether the value is a map. */
  public boolean isMap() {
    return node instanceof MappingNode;
  }

  /** Returns whether the value is a list. */
  public boolean isList() {
    return node instanceof SequenceNode;
  }

  /** Returns whether there is no value: nothing after the key, or {@code null}. */
  public boolean isNull() {
    return node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
  }

  /** Returns the text of a scalar as it is written: {@code 5.10} stays {@code 5.10}. */
  public String text() {
    if (node instanceof ScalarNode scalar && !isNull()) {
      return scalar.getValue();
    }
    throw expected("a text");
  }

  /** Returns {@code true} or {@code false}. */
  public boolean flag() {
    if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.BOOL)) {
      return scalar.getValue().equalsIgnoreCase("true");
    }
    throw expected("true or false");
  }

  /** Returns a whole number of {@code int} size. */
  public int number() {
    if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.INT)) {
      try {
        return Integer.parseInt(scalar.getValue());
      } catch (NumberFormatException e) {
        throw expected("a decimal number below 2^31");
      }
    }
    throw expected("a whole number");
  }

  /** Returns the map. */
  public YamlMap map() {
    if (node instanceof MappingNode mapping) {
      return new YamlMap(file, name, mapping);
    }
    throw expected("a map");
  }

  /** Returns the elements of a list. */
  public List<YamlNode> list() {
    if (node instanceof SequenceNode sequence) {
      List<YamlNode> elements = new ArrayList<>();
      for (Node element : sequence.getValue()) {
        elements.add(new YamlNode(file, "an element of " + name, element));
      }
      return List.copyOf(elements);
    }
    throw expected("a list");
  }

  private FailureException expected(String kind) {
    return error(name + " is " + kind(), kind);
  }

  private String kind() {
    if (isNull()) {
      return "empty";
    }
    if (node instanceof ScalarNode scalar) {
      return "'" + scalar.getValue().lines().findFirst().orElse("") + "'";
    }
    return isMap() ? "a map" : "a list";
  }

  @Override
  public String toString() {
    return where().toString();
  }
}
