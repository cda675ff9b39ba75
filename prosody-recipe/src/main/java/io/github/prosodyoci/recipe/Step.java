package io.github.prosodyoci.recipe;

/**
 * One step of a pipeline.
 *
 * @param name what it does, in a word or two
 * @param run a script for {@code sh -eu}
 * @param where the place in the recipe, as {@code file:line}
 */
public record Step(String name, String run, String where) {}
