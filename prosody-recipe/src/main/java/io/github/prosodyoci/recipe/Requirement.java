package io.github.prosodyoci.recipe;

import io.github.prosodyoci.core.Place;

/**
 * A package that a recipe needs to build.
 *
 * @param name such as {@code musl-dev}
 * @param where its line in the recipe
 */
public record Requirement(String name, Place where) {}
