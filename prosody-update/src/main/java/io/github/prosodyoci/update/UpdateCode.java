package io.github.prosodyoci.update;

import io.github.prosodyoci.core.Failure;
import io.github.prosodyoci.core.FailureCode;
import io.github.prosodyoci.core.FailureException;
import io.github.prosodyoci.core.Place;
import io.github.prosodyoci.recipe.yaml.YamlMap;
import java.util.Optional;

/** Why a recipe is not updated (docs/fetching.md, "Staying current"). */
public enum UpdateCode implements FailureCode {
  /** There is no recipe of this name. */
  NO_RECIPE("Name a recipe with -Dprosodyoci.update.recipe=<name>."),
  /** Nothing newer was found, or the recipe already has the version. */
  UP_TO_DATE(
      "Name a version with -Dprosodyoci.update.toVersion=<version> to take it from anywhere."),
  /** The recipe cannot be rewritten without a decision that only a person can make. */
  BY_HAND("Edit the recipe by hand."),
  /** A patch neither applies to the new sources nor is contained in them. */
  PATCHES("Remove or replace them by hand, then update again."),
  /** A file of the new version cannot be fetched. */
  UNAVAILABLE("The recipe is unchanged. Run the same command where an origin serves the files."),
  /** A file offered as a new release is one that the recipe had before, or an older one. */
  OLD_RELEASE("Do not use it: an old release is offered as a new one. Ask upstream."),
  /** An archive does not name the version that it is offered as. */
  OTHER_VERSION("Inspect the archive, and ask upstream."),
  /** An archive is malformed, or unpacks to too much. */
  UNREADABLE_ARCHIVE("Inspect the archive, and ask upstream.");

  private final String advice;

  UpdateCode(String advice) {
    this.advice = advice;
  }

  @Override
  public Optional<String> advice() {
    return Optional.of(advice);
  }

  /** Returns the failure to update a recipe, at a line of it. */
  FailureException failure(YamlMap root, Place place, String found) {
    String name =
        root.optionalMap("package")
            .or(() -> root.optionalMap("build-root"))
            .flatMap(map -> map.optionalText("name"))
            .orElse("the recipe");
    return Failure.of(this, "update", name, found).at(place).toException();
  }

  /** Returns the failure to verify a file that an update would use. */
  FailureException failure(String file, String found) {
    return Failure.of(this, "verify", file, found).toException();
  }

  /** Returns the failure to read a file that an update would use. */
  FailureException unreadable(String file, String found, Throwable cause) {
    return Failure.of(this, "read", file, found).toException(cause);
  }
}
