package io.github.prosodyoci.recipe.yaml;

import io.github.prosodyoci.recipe.RecipeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A value in a YAML file, which knows where it stands. */
public final class YamlNode {

  private final Path file;
  private final String name;
  private final Node node;

  YamlNode(Path file, String name, Node node) {
    this.file = file;
    this.name = name;
    this.node = node;
  }

  /** Returns the file that the value stands in. */
  public Path file() {
    return file;
  }

  /** Returns where the value stands, as {@code file:line}. */
  public String where() {
    return file + ":" + node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }

  /** Returns where the value starts, in code points of the text. */
  int start() {
    return node.getStartMark().orElseThrow().getIndex();
  }

  /** Returns where the value ends, in code points of the text. */
  int end() {
    return node.getEndMark().orElseThrow().getIndex();
  }

  /** Returns an exception that says what is wrong with this value, with file and line. */
  public RecipeException error(String problem) {
    return new RecipeException(where() + ": " + problem);
  }

  /** Says whether the value is a scalar: a text, a number, or a truth value. */
  public boolean isText() {
    return node instanceof ScalarNode && !isNull();
  }

  /** Says whether the value is a map. */
  public boolean isMap() {
    return node instanceof MappingNode;
  }

  /** Says whether the value is a list. */
  public boolean isList() {
    return node instanceof SequenceNode;
  }

  /** Says whether there is no value: nothing after the key, or {@code null}. */
  public boolean isNull() {
    return node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
  }

  /**
   * Returns the text, just as it is written: {@code 5.10} stays {@code 5.10}.
   *
   * @throws RecipeException if the value is not a scalar
   */
  public String text() {
    if (node instanceof ScalarNode scalar && !isNull()) {
      return scalar.getValue();
    }
    throw expected("a text");
  }

  /**
   * Returns the truth value.
   *
   * @throws RecipeException if the value is neither {@code true} nor {@code false}
   */
  public boolean flag() {
    if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.BOOL)) {
      return scalar.getValue().equalsIgnoreCase("true");
    }
    throw expected("true or false");
  }

  /**
   * Returns the whole number.
   *
   * @throws RecipeException if the value is not a whole number of {@code int} size
   */
  public int number() {
    if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.INT)) {
      try {
        return Integer.parseInt(scalar.getValue());
      } catch (NumberFormatException e) {
        throw new RecipeException(
            where() + ": " + name + " must be a decimal number below 2^31: " + text(), e);
      }
    }
    throw expected("a whole number");
  }

  /**
   * Returns the map.
   *
   * @throws RecipeException if the value is not a map
   */
  public YamlMap map() {
    if (node instanceof MappingNode mapping) {
      return new YamlMap(file, name, mapping);
    }
    throw expected("a map");
  }

  /**
   * Returns the elements of the list.
   *
   * @throws RecipeException if the value is not a list
   */
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

  private RecipeException expected(String kind) {
    return error(name + " must be " + kind + ", but is " + kind());
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
    return where();
  }
}
