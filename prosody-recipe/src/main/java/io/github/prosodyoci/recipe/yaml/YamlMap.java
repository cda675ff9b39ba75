package io.github.prosodyoci.recipe.yaml;

import io.github.prosodyoci.recipe.RecipeException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * A map in a YAML file. What is missing, of another kind, given twice or unknown is refused with
 * file and line.
 */
public final class YamlMap {

  private final Path file;
  private final String name;
  private final MappingNode node;
  private final Map<String, YamlNode> keys = new LinkedHashMap<>();
  private final Map<String, YamlNode> values = new LinkedHashMap<>();

  YamlMap(Path file, String name, MappingNode node) {
    this.file = file;
    this.name = name;
    this.node = node;
    for (NodeTuple tuple : node.getValue()) {
      YamlNode keyNode = new YamlNode(file, "a key", tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode scalar)) {
        throw keyNode.error("a key must be a plain text");
      }
      String key = scalar.getValue();
      if (keys.put(key, keyNode) != null) {
        throw keyNode.error("the key '" + key + "' is given twice");
      }
      values.put(key, new YamlNode(file, "'" + key + "'", tuple.getValueNode()));
    }
  }

  /**
   * Returns the map that is the whole of a file.
   *
   * @throws RecipeException if the file cannot be read, is not YAML 1.2, or is not one map
   */
  public static YamlMap read(Path file) {
    return YamlReader.read(file);
  }

  /**
   * Returns the map that is the whole of a text.
   *
   * @param file named in errors
   * @throws RecipeException if the text is not YAML 1.2, or is not one map
   */
  public static YamlMap parse(Path file, String text) {
    return YamlReader.parse(file, text);
  }

  /** Returns the file that the map stands in. */
  public Path file() {
    return file;
  }

  /** Returns where the map starts, as {@code file:line}. */
  public String where() {
    return new YamlNode(file, name, node).where();
  }

  /** Returns where a key stands, as {@code file:line}; where the map starts if it has no such. */
  public String where(String key) {
    YamlNode keyNode = keys.get(key);
    return keyNode == null ? where() : keyNode.where();
  }

  /** Returns where a key starts that the map has, in code points of the text. */
  int keyStart(String key) {
    YamlNode keyNode = keys.get(key);
    if (keyNode == null) {
      throw error("the key '" + key + "' is missing");
    }
    return keyNode.start();
  }

  /** Returns an exception that says what is wrong with this map, with file and line. */
  public RecipeException error(String problem) {
    return new RecipeException(where() + ": " + problem);
  }

  /** Returns an exception that says what is wrong with the value of a key, with file and line. */
  public RecipeException error(String key, String problem) {
    return new RecipeException(where(key) + ": " + problem);
  }

  /** Returns the keys, in the order of the file. */
  public Set<String> keys() {
    return Collections.unmodifiableSet(values.keySet());
  }

  /**
   * Refuses a key that is not among those known.
   *
   * @throws RecipeException if there is such a key
   */
  public YamlMap rejectUnknown(Set<String> known) {
    for (Map.Entry<String, YamlNode> key : keys.entrySet()) {
      if (!known.contains(key.getKey())) {
        throw key.getValue()
            .error(
                "unknown key '"
                    + key.getKey()
                    + "'; known here are "
                    + String.join(", ", new TreeSet<>(known)));
      }
    }
    return this;
  }

  /** Returns the value of a key, if the map has it and it is not empty. */
  public Optional<YamlNode> find(String key) {
    return Optional.ofNullable(values.get(key)).filter(value -> !value.isNull());
  }

  /**
   * Returns the value of a key.
   *
   * @throws RecipeException if there is none
   */
  public YamlNode get(String key) {
    YamlNode value = values.get(key);
    if (value == null) {
      throw error("the key '" + key + "' is missing");
    }
    return value;
  }

  /**
   * Returns the text of a key, just as it is written.
   *
   * @throws RecipeException if there is none, or it is not a scalar
   */
  public String text(String key) {
    return get(key).text();
  }

  /**
   * Returns the text of a key, if the map has it.
   *
   * @throws RecipeException if it is not a scalar
   */
  public Optional<String> optionalText(String key) {
    return find(key).map(YamlNode::text);
  }

  /**
   * Returns the whole number of a key, or another if the map does not have it.
   *
   * @throws RecipeException if it is not a whole number
   */
  public int number(String key, int otherwise) {
    return find(key).map(YamlNode::number).orElse(otherwise);
  }

  /**
   * Returns the truth value of a key, or another if the map does not have it.
   *
   * @throws RecipeException if it is neither {@code true} nor {@code false}
   */
  public boolean flag(String key, boolean otherwise) {
    return find(key).map(YamlNode::flag).orElse(otherwise);
  }

  /**
   * Returns the map of a key.
   *
   * @throws RecipeException if there is none, or it is not a map
   */
  public YamlMap map(String key) {
    return get(key).map();
  }

  /**
   * Returns the map of a key, if there is one.
   *
   * @throws RecipeException if it is not a map
   */
  public Optional<YamlMap> optionalMap(String key) {
    return find(key).map(YamlNode::map);
  }

  /**
   * Returns the elements of the list of a key; none if the map does not have it.
   *
   * @throws RecipeException if it is not a list
   */
  public List<YamlNode> list(String key) {
    return find(key).map(YamlNode::list).orElse(List.of());
  }

  /**
   * Returns the texts of the list of a key; none if the map does not have it.
   *
   * @throws RecipeException if it is not a list of scalars
   */
  public List<String> texts(String key) {
    return list(key).stream().map(YamlNode::text).toList();
  }

  /**
   * Returns the maps of the list of a key; none if the map does not have it.
   *
   * @throws RecipeException if it is not a list of maps
   */
  public List<YamlMap> maps(String key) {
    return list(key).stream().map(YamlNode::map).toList();
  }

  @Override
  public String toString() {
    return where();
  }
}
