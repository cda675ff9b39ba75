package io.github.prosodyoci.recipe;

import java.util.Optional;

/**
 * A path that does not simply belong to root.
 *
 * @param path relative to the root, as in {@code var/lib/prosody}
 * @param user number or name of the owner; {@code 0} is root
 * @param group number or name of the group; {@code 0} is root
 * @param mode the permission bits, where they are not the usual ones
 * @param where the place in the recipe, as {@code file:line}
 */
public record Ownership(
    String path, String user, String group, Optional<Integer> mode, String where) {}
