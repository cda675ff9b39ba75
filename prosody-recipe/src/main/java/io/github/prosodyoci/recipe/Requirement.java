package io.github.prosodyoci.recipe;

/**
 * Something that a recipe asks for by name, and where it does.
 *
 * @param name a package, such as {@code musl-dev}
 * @param where the place in the recipe, as {@code file:line}
 */
public record Requirement(String name, String where) {}
