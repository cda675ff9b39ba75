package io.github.prosodyoci.recipe;

import io.github.prosodyoci.core.FailureCode;
import java.util.Optional;

/** Why recipes cannot be used (docs/recipes.md, "Errors"). */
public enum RecipeCode implements FailureCode {
  /** The file is not YAML, or a key is unknown, missing, given twice or has an unusable value. */
  DECLARATION(
      "Correct it; docs/recipes.md describes each key of a recipe, docs/verification.md those of"
          + " trust.yaml."),
  /** There is no such file or folder. */
  NO_RECIPES("Put recipes there, or name another place with <recipes>."),
  /** A source has no evidence. */
  NO_EVIDENCE(
      "Declare a signature, debian-archive or debian-source-control; if none exists, pinned-only"
          + " with the reason."),
  /** Two recipes make the same package. */
  DUPLICATE_PACKAGE("Rename one of them."),
  /** There is no build root for this machine. */
  NO_BUILD_ROOT(
      "Declare its packages in a build-root.yaml beside the recipes (docs/recipes.md), or build on"
          + " another machine.");

  private final String advice;

  RecipeCode(String advice) {
    this.advice = advice;
  }

  @Override
  public Optional<String> advice() {
    return Optional.of(advice);
  }
}
