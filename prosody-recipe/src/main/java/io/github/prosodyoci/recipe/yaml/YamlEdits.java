package io.github.prosodyoci.recipe.yaml;

import io.github.prosodyoci.core.FailureException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * New values for some scalars of a YAML text, and lists without some of their elements. Nothing
 * else changes: comments, order, quotes and white space stay as they are.
 */
public final class YamlEdits {

  // What others would take for a number, a truth value or a date (YAML 1.1 and 1.2).
  private static final Pattern NOT_A_TEXT =
      Pattern.compile(
          "[-+]?([0-9][0-9_]*([.][0-9_]*)?|[.][0-9]+)([eE][-+]?[0-9]+)?"
              + "|0[xo][0-9a-fA-F]+|[0-9]{4}-[0-9]{1,2}-[0-9].*"
              + "|(?i:true|false|yes|no|on|off|null|~)");

  private static final Pattern ELEMENT = Pattern.compile("\\s*- [^\\[{|>].*");
  private static final Pattern COMMENT = Pattern.compile("\\s*#.*");

  private record Edit(int end, String text) {}

  private final String text;
  private final Map<Integer, Edit> edits = new TreeMap<>(Comparator.reverseOrder());

  /**
   * Creates an empty set of edits.
   *
   * @param text the very text that the nodes were read from
   */
  public YamlEdits(String text) {
    this.text = text;
  }

  /**
   * Gives a scalar another value, in the style that it is written in.
   *
   * @param value of one line, without quotes, backslashes and control characters
   * @throws FailureException if the node is not a scalar of one line
   * @throws IllegalArgumentException if the value cannot be written in every style
   */
  public void replace(YamlNode node, String value) {
    if (value.isEmpty()
        || value.chars().anyMatch(c -> c < ' ' || c > '~' || c == '"' || c == '\'' || c == '\\')) {
      throw new IllegalArgumentException("not a value for a YAML scalar: " + value);
    }
    if (node.text().equals(value)) {
      return;
    }
    int start = text.offsetByCodePoints(0, node.start());
    int end = text.offsetByCodePoints(0, node.end());
    String old = text.substring(start, end);
    if (old.indexOf('\n') >= 0 || old.isEmpty()) {
      throw node.error("a value of several lines cannot be edited");
    }
    char first = old.charAt(0);
    String written = value;
    if (first == '"' || first == '\'') {
      written = first + value + first;
    } else if (NOT_A_TEXT.matcher(value).matches() && !NOT_A_TEXT.matcher(old).matches()) {
      written = '"' + value + '"';
    }
    edits.put(start, new Edit(end, written));
  }

  /**
   * Removes scalars from a list that has one on each line. The comment above goes with them, unless
   * an element stays that follows under it; so does the key, if no element stays.
   *
   * @param map the map that has the list
   * @param key the list's key
   * @param elements the values to remove; others are ignored
   * @throws FailureException if an element to be removed does not have a line of its own
   */
  public void removeElements(YamlMap map, String key, Set<String> elements) {
    List<YamlNode> list = map.list(key);
    Map<Integer, YamlNode> staying = new TreeMap<>();
    Map<Integer, YamlNode> leaving = new TreeMap<>();
    for (YamlNode node : list) {
      boolean leaves = elements.contains(node.text());
      int start = lineStart(text.offsetByCodePoints(0, node.start()));
      boolean ownLine =
          ELEMENT.matcher(line(start)).matches()
              && text.offsetByCodePoints(0, node.end()) <= lineEnd(start);
      if (leaves && !ownLine) {
        throw node.error("an element to be removed has no line of its own");
      }
      (leaves ? leaving : staying).put(start, node);
    }
    for (int start : leaving.keySet()) {
      removeLine(start);
      int first = start;
      while (first > 0 && leaving.containsKey(lineStart(first - 1))) {
        first = lineStart(first - 1);
      }
      int next = lineEnd(start);
      while (leaving.containsKey(next)) {
        next = lineEnd(next);
      }
      while (!staying.containsKey(next)
          && first > 0
          && COMMENT.matcher(line(lineStart(first - 1))).matches()) {
        first = lineStart(first - 1);
        removeLine(first);
      }
    }
    if (!leaving.isEmpty() && staying.isEmpty()) {
      removeLine(lineStart(text.offsetByCodePoints(0, map.keyStart(key))));
    }
  }

  private int lineStart(int at) {
    return text.lastIndexOf('\n', at - 1) + 1;
  }

  /** Returns where the next line starts. */
  private int lineEnd(int at) {
    int end = text.indexOf('\n', at);
    return end < 0 ? text.length() : end + 1;
  }

  private String line(int start) {
    return text.substring(start, lineEnd(start)).stripTrailing();
  }

  private void removeLine(int start) {
    edits.put(start, new Edit(lineEnd(start), ""));
  }

  /** Returns whether nothing changes. */
  public boolean isEmpty() {
    return edits.isEmpty();
  }

  /** Returns the text with the new values. */
  public String apply() {
    StringBuilder edited = new StringBuilder(text);
    // from the end on, so that positions stay right
    edits.forEach((start, edit) -> edited.replace(start, edit.end(), edit.text()));
    return edited.toString();
  }
}
