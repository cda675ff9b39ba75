package io.github.prosodyoci.recipe;

import io.github.prosodyoci.core.Place;

/**
 * One step of a pipeline.
 *
 * @param name what it does, in a word or two
 * @param run a script for {@code sh -eu}
 * @param where its line in the recipe
 */
public record Step(String name, String run, Place where) {}
