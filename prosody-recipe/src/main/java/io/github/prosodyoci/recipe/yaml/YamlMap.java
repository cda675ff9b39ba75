package io.github.prosodyoci.recipe.yaml;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Place;
import io.github.prosodyoci.recipe.RecipeCode;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * A map in a YAML file. A key that is missing, given twice or unknown, or has a value of another
 * kind, is a {@link FailureException} with {@link RecipeCode#DECLARATION} and the line.
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
        throw keyNode.error("a key is not a plain text");
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
   * @throws FailureException if the file cannot be read, is not YAML 1.2, or is not one map
   */
  public static YamlMap read(Path file) {
    return YamlReader.read(file);
  }

  /**
   * Returns the map that is the whole of a text.
   *
   * @param file named in errors
   */
  public static YamlMap parse(Path file, String text) {
    return YamlReader.parse(file, text);
  }

  /** Returns the file. */
  public Path file() {
    return file;
  }

  /** Returns the line where the map starts. */
  public Place where() {
    return new YamlNode(file, name, node).where();
  }

  /** Returns the line of a key; without such a key, the line where the map starts. */
  public Place where(String key) {
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

  /** Returns an exception that says what is wrong with this map. */
  public FailureException error(String found) {
    return YamlNode.failure(where(), found).toException();
  }

  /** Returns an exception that says what is wrong with the value of a key. */
  public FailureException error(String key, String found) {
    return YamlNode.failure(where(key), found).toException();
  }

  /** Returns an exception that says what is wrong with a key's value, and what would be right. */
  public FailureException error(String key, String found, String expected) {
    return YamlNode.failure(where(key), found).expecting(expected).toException();
  }

  /** Returns the keys, in the order of the file. */
  public Set<String> keys() {
    return Collections.unmodifiableSet(values.keySet());
  }

  /** Returns this map, if all its keys are known. */
  public YamlMap rejectUnknown(Set<String> known) {
    for (String key : keys.keySet()) {
      if (!known.contains(key)) {
        throw error(
            key, "unknown key '" + key + "'", "one of " + String.join(", ", new TreeSet<>(known)));
      }
    }
    return this;
  }

  /** Returns the value of a key, if the map has the key and the value is not empty. */
  public Optional<YamlNode> find(String key) {
    return Optional.ofNullable(values.get(key)).filter(value -> !value.isNull());
  }

  /** Returns the value of a key that must be there. */
  public YamlNode get(String key) {
    YamlNode value = values.get(key);
    if (value == null) {
      throw error("the key '" + key + "' is missing");
    }
    return value;
  }

  /** Returns the text of a key, as it is written. */
  public String text(String key) {
    return get(key).text();
  }

  /**
   * Returns the text of a key, which must match a pattern.
   *
   * @param expected what the pattern matches, in words
   */
  public String text(String key, Pattern pattern, String expected) {
    String text = text(key);
    if (!pattern.matcher(text).matches()) {
      throw error(key, "'" + key + "' is '" + text + "'", expected);
    }
    return text;
  }

  /** Returns the text of a key, if the map has it. */
  public Optional<String> optionalText(String key) {
    return find(key).map(YamlNode::text);
  }

  /** Returns the whole number of a key, or another if the map does not have it. */
  public int number(String key, int otherwise) {
    return find(key).map(YamlNode::number).orElse(otherwise);
  }

  /** Returns the truth value of a key, or another if the map does not have it. */
  public boolean flag(String key, boolean otherwise) {
    return find(key).map(YamlNode::flag).orElse(otherwise);
  }

  /** Returns the map of a key. */
  public YamlMap map(String key) {
    return get(key).map();
  }

  /** Returns the map of a key, if there is one. */
  public Optional<YamlMap> optionalMap(String key) {
    return find(key).map(YamlNode::map);
  }

  /** Returns the map of a key; an empty one if there is none. */
  public YamlMap mapOrEmpty(String key) {
    return optionalMap(key).orElseGet(() -> parse(file, "{}"));
  }

  /** Returns the elements of the list of a key; none if the map does not have it. */
  public List<YamlNode> list(String key) {
    return find(key).map(YamlNode::list).orElse(List.of());
  }

  /** Returns the texts of the list of a key; none if the map does not have it. */
  public List<String> texts(String key) {
    return list(key).stream().map(YamlNode::text).toList();
  }

  /** Returns the maps of the list of a key; none if the map does not have it. */
  public List<YamlMap> maps(String key) {
    return list(key).stream().map(YamlNode::map).toList();
  }

  @Override
  public String toString() {
    return where().toString();
  }
}
