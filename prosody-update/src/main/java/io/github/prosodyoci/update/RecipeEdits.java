package io.github.prosodyoci.update;

import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Place;
import io.github.prosodyoci.core.Reasons;
import io.github.prosodyoci.recipe.yaml.YamlEdits;
import io.github.prosodyoci.recipe.yaml.YamlMap;
import io.github.prosodyoci.recipe.yaml.YamlNode;
import java.util.ArrayList;
import java.util.List;

/** New values for a recipe, and a list of what they change. */
final class RecipeEdits {

  private final YamlMap root;
  private final YamlEdits edits;
  private final List<UpdateResult.Change> changes = new ArrayList<>();

  /**
   * Creates an empty set of edits.
   *
   * @param text the very text that the recipe was read from
   */
  RecipeEdits(String text, YamlMap root) {
    this.root = root;
    this.edits = new YamlEdits(text);
  }

  /**
   * Gives a scalar another value.
   *
   * @throws FailureException with {@link UpdateCode#BY_HAND} if that cannot be written there
   */
  void replace(YamlNode node, String value) {
    String before = node.text();
    if (!before.equals(value)) {
      try {
        edits.replace(node, value);
      } catch (IllegalArgumentException e) {
        throw byHand(node.where(), Reasons.of(e));
      }
      changes.add(new UpdateResult.Change(node.where(), before, value));
    }
  }

  /** Returns the failure of an update that needs a person's decision. */
  FailureException byHand(Place place, String found) {
    return UpdateCode.BY_HAND.failure(root, place, found);
  }

  /** Returns what changes, in the order of the replacements. */
  List<UpdateResult.Change> changes() {
    return List.copyOf(changes);
  }

  /** Returns the new text. */
  String apply() {
    return edits.apply();
  }
}
